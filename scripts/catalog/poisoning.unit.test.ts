import { expect, test } from "vitest";
import { classifyTool } from "#lib/catalog/classify.ts";
import { poisonedCorpus } from "#lib/catalog/poisoned-corpus.ts";
import type { ToolDefinition } from "#lib/catalog/types.ts";
import { readRecorded } from "./recorded.ts";

const flagged = (tool: ToolDefinition) => {
  const { signals } = classifyTool(tool, { trustedAnnotations: false });
  return signals.includes("instruction_override") || signals.includes("hidden_text");
};

// ADV-166: 50 poisoned and 500 benign definitions, found in 95 of 100, falsely in 2 of 100 at most.
test("ADV-166 hidden instructions are found in a corpus of poisoned definitions", () => {
  expect(poisonedCorpus).toHaveLength(50);
  const found = poisonedCorpus.filter(flagged).length;
  expect(found / poisonedCorpus.length).toBeGreaterThanOrEqual(0.95);
});

test("ADV-166 definitions of real servers are not called poisoned", () => {
  const benign = [...readRecorded().values()].flatMap(({ tools }) => tools);
  expect(benign.length).toBeGreaterThanOrEqual(500);
  expect(benign.filter(flagged).length / benign.length).toBeLessThanOrEqual(0.02);
});
