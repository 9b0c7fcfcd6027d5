export interface CapacityLimits {
  /** Requests of one org that may be under way at once, calls held for approval included. */
  requestsPerOrg: number;
  /** Open event streams that belong to no request. */
  streamsPerAgent: number;
  streamsPerOrg: number;
}

/**
 * What runs in this proxy and who may still start something: every org has a share of its own, so
 * however much one of them asks for, the others' requests find room.
 */
export class Capacity {
  readonly #limits: CapacityLimits;
  readonly #requests = new Map<string, number>();
  readonly #streams = new Map<string, number>();
  #running = 0;
  #whenIdle: (() => void)[] = [];

  constructor(limits: CapacityLimits) {
    this.#limits = limits;
  }

  /** Takes a place for a request; null when its org has none left. Returns what gives it back. */
  enter(orgId: string): (() => void) | null {
    if (!take(this.#requests, orgId, this.#limits.requestsPerOrg)) return null;
    this.#running += 1;
    return once(() => {
      giveBack(this.#requests, orgId);
      this.#running -= 1;
      if (this.#running === 0) for (const done of this.#whenIdle.splice(0)) done();
    });
  }

  /** Takes a place for an event stream; null when the agent or its org has none left. */
  openStream(orgId: string, agentId: string): (() => void) | null {
    const agent = `${orgId} ${agentId}`;
    if (!take(this.#streams, orgId, this.#limits.streamsPerOrg)) return null;
    if (!take(this.#streams, agent, this.#limits.streamsPerAgent)) {
      giveBack(this.#streams, orgId);
      return null;
    }
    return once(() => {
      giveBack(this.#streams, orgId);
      giveBack(this.#streams, agent);
    });
  }

  /** Resolves when no request is under way. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((done) => this.#whenIdle.push(done));
  }
}

function take(counts: Map<string, number>, key: string, most: number): boolean {
  const taken = counts.get(key) ?? 0;
  if (taken >= most) return false;
  counts.set(key, taken + 1);
  return true;
}

function giveBack(counts: Map<string, number>, key: string): void {
  const taken = counts.get(key) ?? 0;
  if (taken > 1) counts.set(key, taken - 1);
  else counts.delete(key);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
