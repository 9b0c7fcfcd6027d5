import fc from "fast-check";
import { expect, test } from "vitest";
import { type JsonObject, riskClasses } from "#lib/policy/types.ts";
import { classifyTool } from "./classify.ts";
import { definition } from "./testing.ts";

const untrusted = { trustedAnnotations: false };
const trusted = { trustedAnnotations: true };

/** One of each category, and one of which nothing is known. */
const TOOLS: readonly [string, string][] = [
  ["get_row", "Gets a row."],
  ["update_row", "Updates a row."],
  ["run_forecast", "Runs the forecast model."],
  ["remove_label", "Removes a label of an issue."],
  ["delete_row", "Deletes a row."],
  ["pay_invoice", "Pays an invoice."],
  ["frobnicate", ""],
];

test("a hint raises the class on any server", () => {
  const tool = definition("update_row", "Updates a row.", "id*", { destructiveHint: true });
  expect(classifyTool(tool, untrusted).riskClass).toBe("high");
  const quiet = definition("get_row", "Gets a row.", "id*", { readOnlyHint: false });
  expect(classifyTool(quiet, untrusted).riskClass).toBe("medium");
});

test("a hint lowers the class only on a trusted server", () => {
  const tool = definition("run_forecast", "Runs the forecast model.", "id*", {
    readOnlyHint: true,
  });
  expect(classifyTool(tool, untrusted).riskClass).toBe("high");
  expect(classifyTool(tool, trusted).riskClass).toBe("medium");
});

test.each([untrusted, trusted])(
  "a hint raises the class beside one that contradicts it: %j",
  (context) => {
    const both = { readOnlyHint: true, destructiveHint: true };
    const read = classifyTool(definition("get_row", "Gets a row.", "id*", both), context);
    expect(read).toMatchObject({ category: "read", riskClass: "medium" });
    expect(read.signals).toContain("annotation_conflict");
    expect(read.evidence).toContainEqual({
      source: "annotation",
      quote: "readOnlyHint: true, destructiveHint: true",
      meaning: "contradict each other, so the worse one counts",
    });
    const write = classifyTool(definition("update_row", "Updates a row.", "id*", both), context);
    expect(write.riskClass).toBe("high");
    const execute = classifyTool(
      definition("run_forecast", "Runs the model.", "id*", both),
      context,
    );
    expect(execute.riskClass).toBe("high");
  },
);

test("a hint that raises the class does so whatever the other hints say", () => {
  const other = fc.record(
    { readOnlyHint: fc.boolean(), openWorldHint: fc.boolean(), idempotentHint: fc.boolean() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...TOOLS),
      other,
      fc.boolean(),
      ([name, description], annotations, trustedAnnotations) => {
        const rank = (hints: JsonObject) =>
          riskClasses.indexOf(
            classifyTool(definition(name, description, "id*", hints), { trustedAnnotations })
              .riskClass,
          );
        const raised = rank({ ...annotations, destructiveHint: true });
        expect(raised).toBeGreaterThanOrEqual(rank({ destructiveHint: true }));
        expect(raised).toBeGreaterThanOrEqual(riskClasses.indexOf("medium"));
      },
    ),
  );
});
