import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { classifyTool } from "#lib/catalog/classify.ts";
import type { Classification } from "#lib/catalog/types.ts";
import { categories, riskClasses } from "#lib/policy/types.ts";
import { readRecorded } from "./recorded.ts";
import { catalogFolder } from "./source.ts";

/** `blind`: recorded and labelled after the classifier was tuned. `separate`: judged for themselves. */
export const labelSets = ["development", "test", "blind", "separate"] as const;
export type LabelSet = (typeof labelSets)[number];

const Label = z.strictObject({
  server: z.string(),
  tool: z.string(),
  category: z.enum(categories),
  riskClass: z.enum(riskClasses),
  note: z.string().optional(),
});
export type Label = z.output<typeof Label>;

/** A label beside what the classifier says of the same definition. */
export interface Judged {
  label: Label;
  said: Classification;
}

/** Which half a server belongs to: decided by its slug alone, before anybody looks at its tools. */
export function halfOf(slug: string): "development" | "test" {
  const first = createHash("sha256").update(slug).digest()[0] ?? 0;
  return first % 2 === 0 ? "development" : "test";
}

/** Classifies the labelled tools of a set. Throws where a label names a tool that is not on record. */
export function judge(set: LabelSet): Judged[] {
  const servers = readRecorded();
  const text = readFileSync(join(catalogFolder, "labels", `${set}.json`), "utf8");
  return z
    .array(Label)
    .parse(JSON.parse(text))
    .map((label) => {
      const tools = servers.get(label.server)?.tools ?? [];
      const definition = tools.find(({ name }) => name === label.tool);
      if (definition === undefined) {
        throw new Error(`${label.server} has no tool ${label.tool} on record.`);
      }
      return { label, said: classifyTool(definition, { trustedAnnotations: false }) };
    });
}

export interface Score {
  tools: number;
  servers: number;
  /** Shares from 0 to 1. */
  category: number;
  riskClass: number;
  withinOneStep: number;
  /** Destructive or Financial by label, Read by the classifier. */
  missed: Judged[];
}

/** How often the classifier agrees with the labels. */
export function score(judged: readonly Judged[]): Score {
  const share = (agrees: (each: Judged) => boolean) =>
    judged.filter(agrees).length / Math.max(1, judged.length);
  return {
    tools: judged.length,
    servers: new Set(judged.map(({ label }) => label.server)).size,
    category: share(({ label, said }) => label.category === said.category),
    riskClass: share(({ label, said }) => label.riskClass === said.riskClass),
    withinOneStep: share(({ label, said }) => steps(label.riskClass, said.riskClass) <= 1),
    missed: judged.filter(
      ({ label, said }) =>
        (label.category === "destructive" || label.category === "financial") &&
        said.category === "read",
    ),
  };
}

function steps(left: Label["riskClass"], right: Label["riskClass"]): number {
  return Math.abs(riskClasses.indexOf(left) - riskClasses.indexOf(right));
}
