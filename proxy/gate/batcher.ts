/**
 * Gathers items into batches: the first goes at once, and whatever arrives while a batch is under
 * way forms the next one. So a lone caller waits for nobody and a crowd shares round trips.
 */
export class Batcher<Item, Answer> {
  readonly #run: (batch: Item[]) => Promise<Answer[]>;
  readonly #largest: number;
  readonly #lingerMs: number;
  #waiting: { item: Item; done: (answer: Answer) => void; fail: (error: unknown) => void }[] = [];
  #busy = false;

  /**
   * @param largest  most items in one batch
   * @param lingerMs how long a batch waits for company before it goes; for work nobody waits for
   */
  constructor(run: (batch: Item[]) => Promise<Answer[]>, largest: number, lingerMs = 0) {
    this.#run = run;
    this.#largest = largest;
    this.#lingerMs = lingerMs;
  }

  /** How many items wait for the batch that is under way. */
  get backlog(): number {
    return this.#waiting.length;
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
      if (this.#lingerMs > 0) await new Promise((done) => setTimeout(done, this.#lingerMs));
      const batch = this.#waiting.splice(0, this.#largest);
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
}
