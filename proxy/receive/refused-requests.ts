import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";

/** The agent whose request is refused. */
export interface Sender {
  orgId: string;
  agentId: string;
  /** Absent: at the address of all servers. Null: of a server that the agent may not use. */
  serverId?: string | null;
}

/** Requests of one agent that were refused for one reason within an hour, before a rule judged them. */
export interface RefusedCount {
  orgId: string;
  agentId: string;
  /** Null: at the address of all servers, or of a server that the agent may not use. */
  serverId: string | null;
  reason: RefusalReason;
  /** When the hour begins. */
  hour: Date;
  requests: number;
  firstAt: Date;
  lastAt: Date;
  /** The last refusal as the agent got it. */
  message: string;
}

const hourMs = 3_600_000;
const writeEveryMs = 1_000;
/** Counts that are written at once, without waiting for the second to pass. */
const manyCounts = 1_000;
/** Counts that are held while the database takes none; what comes on top is only a number in the log. */
const mostCounts = 10_000;
const longestMessage = 300;

/**
 * Requests of known agents that were refused before a rule could judge them, counted by agent, server,
 * reason and hour: a flood costs one row, and the agent's answer waits for nothing. What could not be
 * written is written with the next; a proxy that dies loses its last second.
 */
export class RefusedRequests {
  readonly #write: (counts: RefusedCount[]) => Promise<void>;
  readonly #report: (requests: number) => void;
  #counts = new Map<string, RefusedCount>();
  #uncounted = 0;
  #timer: NodeJS.Timeout | null = null;
  #written: Promise<void> = Promise.resolve();

  /**
   * @param write  puts counts on record
   * @param report told how many requests could not be counted
   */
  constructor(
    write: (counts: RefusedCount[]) => Promise<void>,
    report: (requests: number) => void,
  ) {
    this.#write = write;
    this.#report = report;
  }

  /** @param message what the agent is told */
  note(sender: Sender, reason: RefusalReason, message: string): void {
    const { orgId, agentId, serverId = null } = sender;
    const at = new Date();
    const hour = new Date(Math.floor(at.getTime() / hourMs) * hourMs);
    const once = { hour, requests: 1, firstAt: at, lastAt: at, message: shownMessage(message) };
    const before = this.#counts.size;
    this.#add({ orgId, agentId, serverId, reason, ...once });
    if (before < manyCounts && this.#counts.size >= manyCounts) void this.flush();
    else this.#writeLater();
  }

  /** Resolves when what is counted so far is written, or could not be and waits for the next turn. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#written = this.#written.then(() => this.#writeCounts());
    return this.#written;
  }

  async #writeCounts(): Promise<void> {
    if (this.#uncounted > 0) this.#report(this.#uncounted);
    this.#uncounted = 0;
    if (this.#counts.size === 0) return;
    const taken = this.#counts;
    this.#counts = new Map();
    try {
      await this.#write([...taken.values()]);
    } catch {
      for (const count of taken.values()) this.#add(count);
      this.#writeLater();
    }
  }

  #writeLater(): void {
    this.#timer ??= setTimeout(() => void this.flush(), writeEveryMs).unref();
  }

  #add(count: RefusedCount): void {
    const { orgId, agentId, serverId, reason, hour } = count;
    const key = [orgId, agentId, serverId ?? "", reason, hour.getTime()].join(" ");
    const known = this.#counts.get(key);
    if (!known && this.#counts.size >= mostCounts) {
      this.#uncounted += count.requests;
    } else if (!known) {
      this.#counts.set(key, count);
    } else {
      known.requests += count.requests;
      if (count.firstAt < known.firstAt) known.firstAt = count.firstAt;
      if (count.lastAt < known.lastAt) return;
      known.lastAt = count.lastAt;
      known.message = count.message;
    }
  }
}

/** An agent may have put its token where the refusal repeats it. */
function shownMessage(message: string): string {
  return message.replaceAll(/cg_agt_\w+/g, "cg_agt_…").slice(0, longestMessage);
}
