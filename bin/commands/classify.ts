import { z } from "zod";
import { AppError } from "#lib/errors.ts";
import { classificationOf, readDefinition } from "#lib/tools/definition.ts";
import { defineCommand } from "../command.ts";
import { readText } from "../input.ts";
import { printable, say, table } from "../output.ts";

/** What `tools/list` answers, as a whole message, its result or the bare list. */
const List = z.array(z.unknown());
const Listing = z.union([
  z.object({ result: z.object({ tools: List }) }).transform(({ result }) => result.tools),
  z.object({ tools: List }).transform(({ tools }) => tools),
  List,
]);

export const commands = [
  defineCommand({
    name: "classify",
    summary: "Classify the tools of a tools/list answer by category and risk",
    options: {},
    operand: { name: "FILE", help: "JSON of a tools/list answer; - for standard input" },
    offline: true,
    json: "[{name, category, riskClass, confidence, signals, rationale, evidence}]",
    async run(_options, file) {
      const definitions = parseListing(await readText(file));
      const read = definitions.map((raw) => readDefinition(raw));
      const json = read.flatMap((tool) =>
        tool === null ? [] : [{ name: tool.name, ...classificationOf(tool.definition, false) }],
      );
      const unreadable = read.flatMap((tool, index) => (tool === null ? [index] : []));
      for (const index of unreadable) {
        say(
          `Tool ${index + 1} is left out: it has no usable name, or text that is no valid Unicode.`,
        );
      }
      const rows = json.map((tool) => [
        tool.name,
        tool.category,
        tool.riskClass,
        tool.confidence.toFixed(2),
        tool.rationale,
      ]);
      return {
        json,
        text: table(["TOOL", "CATEGORY", "RISK", "CONFIDENCE", "WHY"], rows),
        failed: unreadable.length > 0,
      };
    },
  }),
];

function parseListing(text: string): unknown[] {
  try {
    return Listing.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? ` (${printable(cause.message)})` : "";
    throw new AppError(
      "invalid_input",
      `This is no tools/list answer${why}. Give JSON such as {"tools": [{"name": "…"}]}.`,
      { cause },
    );
  }
}
