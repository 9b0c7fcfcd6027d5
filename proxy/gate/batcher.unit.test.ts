import { expect, test } from "vitest";
import { Batcher } from "./batcher.ts";

/** The batches in which these weights go, all but the first arriving while that one is under way. */
async function batchesOf(weights: readonly number[]): Promise<number[][]> {
  const batches: number[][] = [];
  const batcher = new Batcher<number, true>(
    async (batch) => {
      batches.push(batch);
      await new Promise(setImmediate);
      return batch.map(() => true as const);
    },
    { largest: 3, heaviest: { weight: 10, of: (weight) => weight } },
  );
  await Promise.all(weights.map((weight) => batcher.add(weight)));
  return batches;
}

test("what arrives while a batch is under way shares the next one, up to its size and weight", async () => {
  expect(await batchesOf([1, 1, 1, 1, 1])).toEqual([[1], [1, 1, 1], [1]]);
  expect(await batchesOf([1, 6, 4, 1])).toEqual([[1], [6, 4], [1]]);
});

test("an item that is heavier than a batch may be goes alone, and those after it go on", async () => {
  expect(await batchesOf([1, 50, 2, 3])).toEqual([[1], [50], [2, 3]]);
  expect(await batchesOf([50, 50])).toEqual([[50], [50]]);
});

test("a batch that fails fails its own items and nobody else's", async () => {
  const batcher = new Batcher<number, number>(
    async (batch) => {
      if (batch.includes(0)) throw new Error("no");
      return batch;
    },
    { largest: 1 },
  );
  const answers = await Promise.allSettled([1, 0, 2].map((item) => batcher.add(item)));
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
