import type { Connection, Pool, PoolClient, Submittable } from "pg";

/** Without work for this long, the connection goes back to its pool. */
const idleMilliseconds = 200;

/**
 * Runs one prepared statement over and over on a connection it keeps out of the pool while there is
 * work. Taking a connection, describing the result and building rows by column name cost more than
 * the round trip itself. One statement at a time; the caller sees to that.
 */
export class HeldConnection {
  readonly #pool: Pool;
  readonly #statement: { name: string; text: string };
  #client: PoolClient | null = null;
  /** Connections that know the statement; a pool may give one back. */
  readonly #prepared = new WeakSet<PoolClient>();
  #busy = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(pool: Pool, statement: { name: string; text: string }) {
    this.#pool = pool;
    this.#statement = statement;
  }

  /**
   * Runs the statement.
   * @param values as Postgres reads them in text form
   * @returns the columns of its only row, as text
   * @throws what the database said; the connection is given up then
   */
  async run(values: (string | null)[]): Promise<(string | null)[]> {
    this.#busy = true;
    try {
      const client = this.#client ?? (await this.#take());
      const row = await new Promise<(string | null)[]>((done, fail) => {
        const prepared = this.#prepared.has(client);
        client.query(new SingleRow(this.#statement, values, prepared, done, fail));
      });
      this.#prepared.add(client);
      this.#idle?.refresh();
      return row;
    } catch (error) {
      this.#giveBack(error instanceof Error ? error : new Error("the database connection failed"));
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  async #take(): Promise<PoolClient> {
    const client = await this.#pool.connect();
    this.#client = client;
    client.on("error", this.#lost);
    this.#idle = setTimeout(() => this.#rest(), idleMilliseconds);
    return client;
  }

  #rest(): void {
    if (this.#busy) this.#idle?.refresh();
    else this.#giveBack();
  }

  readonly #lost = (error: Error): void => this.#giveBack(error);

  #giveBack(error?: Error): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const client = this.#client;
    this.#client = null;
    this.#idle = null;
    client?.off("error", this.#lost);
    client?.release(error);
  }
}

/** Parse (once), Bind, Execute and Sync of the extended query protocol, without Describe. */
class SingleRow implements Submittable {
  readonly name: string;
  readonly text: string;
  readonly #values: (string | null)[];
  readonly #prepared: boolean;
  #row: (string | null)[] | null = null;
  /** The client wraps this in its read timeout. */
  callback: (error: Error | null, row?: (string | null)[]) => void;

  constructor(
    statement: { name: string; text: string },
    values: (string | null)[],
    prepared: boolean,
    done: (row: (string | null)[]) => void,
    fail: (error: Error) => void,
  ) {
    this.name = statement.name;
    this.text = statement.text;
    this.#values = values;
    this.#prepared = prepared;
    this.callback = (error, row) => {
      if (error) fail(error);
      else if (row) done(row);
      else fail(new Error("the statement answered nothing"));
    };
  }

  submit(connection: Connection): void {
    const { name, text } = this;
    connection.stream.cork();
    if (!this.#prepared) connection.parse({ name, text, types: [] }, true);
    connection.bind({ statement: name, values: this.#values }, true);
    connection.execute(null, true);
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#row = message.fields;
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#row ?? undefined);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
}
