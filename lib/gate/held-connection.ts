import type { Connection, Pool, PoolClient, Submittable } from "pg";

/** Without work for this long, the connection goes back to its pool. */
const idleMilliseconds = 200;

export interface Statement {
  name: string;
  text: string;
}

/** A statement with its values, as Postgres reads them in text form. */
export interface Bound {
  statement: Statement;
  values: (string | null)[];
}

/**
 * Runs a few prepared statements over and over on a connection it keeps out of the pool while there is
 * work. Taking a connection, describing the result and building rows by column name cost more than
 * the round trip itself. One `run` at a time; the caller sees to that.
 */
export class HeldConnection {
  readonly #pool: Pool;
  #client: PoolClient | null = null;
  /** The statements that a connection knows by name, whoever of us had it before: a pool may give one back. */
  static readonly #prepared = new WeakMap<PoolClient, Set<string>>();
  #busy = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Runs these statements in one round trip and one transaction, each with a snapshot of its own.
   * @returns the columns of the last one's row, as text; null when it answered none
   * @throws what the database said; the connection is given up then
   */
  async run(...work: readonly Bound[]): Promise<(string | null)[] | null> {
    this.#busy = true;
    try {
      const client = this.#client ?? (await this.#take());
      const known = HeldConnection.#prepared.get(client) ?? new Set();
      const row = await new Promise<(string | null)[] | null>((done, fail) => {
        client.query(new Pipeline(work, known, done, fail));
      });
      for (const { statement } of work) known.add(statement.name);
      HeldConnection.#prepared.set(client, known);
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

/**
 * For each statement Parse (once), Bind and Execute of the extended query protocol, without Describe; then one
 * Sync, which commits them together.
 */
class Pipeline implements Submittable {
  /** Of the statement whose row is answered, for whoever watches the connection. */
  readonly name: string;
  readonly #work: readonly Bound[];
  readonly #known: ReadonlySet<string>;
  /** Of the statement that answers now. */
  #row: (string | null)[] | null = null;
  #answer: (string | null)[] | null = null;
  /** The client wraps this in its read timeout. */
  callback: (error: Error | null, row?: (string | null)[] | null) => void;

  constructor(
    work: readonly Bound[],
    known: ReadonlySet<string>,
    done: (row: (string | null)[] | null) => void,
    fail: (error: Error) => void,
  ) {
    this.name = work.at(-1)?.statement.name ?? "";
    this.#work = work;
    this.#known = known;
    this.callback = (error, row = null) => {
      if (error) fail(error);
      else done(row);
    };
  }

  submit(connection: Connection): void {
    connection.stream.cork();
    for (const { statement, values } of this.#work) {
      const { name, text } = statement;
      if (!this.#known.has(name)) connection.parse({ name, text, types: [] }, true);
      connection.bind({ statement: name, values }, true);
      connection.execute(null, true);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#row = message.fields;
  }

  handleCommandComplete(): void {
    this.#answer = this.#row;
    this.#row = null;
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#answer);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
}
