export interface BatchSizes<Item> {
  /** Most items in one batch. */
  largest: number;
  /** How long a batch waits for company before it goes, milliseconds; for work nobody waits for. */
  lingerMs?: number;
  /** What the items of a batch may weigh together; a heavier one goes alone. */
  heaviest?: { weight: number; of: (item: Item) => number };
}

/**
 * Gathers items into batches: the first goes at once, and whatever arrives while a batch is under
 * way forms the next one. So a lone caller waits for nobody and a crowd shares round trips.
 */
export class Batcher<Item, Answer> {
  readonly #run: (batch: Item[]) => Promise<Answer[]>;
  readonly #sizes: BatchSizes<Item>;
  #waiting: { item: Item; done: (answer: Answer) => void; fail: (error: unknown) => void }[] = [];
  #busy = false;

  constructor(run: (batch: Item[]) => Promise<Answer[]>, sizes: BatchSizes<Item>) {
    this.#run = run;
    this.#sizes = sizes;
  }

  add(item: Item): Promise<Answer> {
    return new Promise((done, fail) => {
      this.#waiting.push({ item, done, fail });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const { lingerMs = 0 } = this.#sizes;
      if (lingerMs > 0) await new Promise((done) => setTimeout(done, lingerMs));
      const batch = this.#waiting.splice(0, this.#nextSize());
      try {
        const answers = await this.#run(batch.map((entry) => entry.item));
        batch.forEach((entry, at) => {
          const answer = answers[at];
          if (answer === undefined) entry.fail(new Error("a batch left an item unanswered"));
          else entry.done(answer);
        });
      } catch (error) {
        for (const entry of batch) entry.fail(error);
      }
    }
    this.#busy = false;
  }

  #nextSize(): number {
    const { largest, heaviest } = this.#sizes;
    if (heaviest === undefined) return largest;
    let weight = 0;
    const tooMuch = this.#waiting.findIndex(({ item }) => {
      weight += heaviest.of(item);
      return weight > heaviest.weight;
    });
    return tooMuch === -1 ? largest : Math.min(largest, Math.max(1, tooMuch));
  }
}
