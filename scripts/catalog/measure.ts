import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { classifyTool } from "#lib/catalog/classify.ts";
import { categories } from "#lib/policy/types.ts";
import { type Judged, judge, labelSets, type Score, score } from "./labels.ts";
import { readRecorded } from "./recorded.ts";
import { catalogFolder } from "./source.ts";

/**
 * `node scripts/run.mjs scripts/catalog/measure.ts`: compares the classifier with the labels of
 * catalog/labels, times it, and writes bench/classification.md. Exit code 1 when a target is missed.
 */
const file = join(import.meta.dirname, "../../bench/classification.md");
const TIMED_TOOLS = 10_000;
const TARGETS = { category: 0.92, withinOneStep: 0.98, missed: 0 };

const TITLES = {
  development: "Development half",
  test: "Test half",
  blind: "Blind set, now",
  separate: "Judged separately",
};

/** What the blind set gave when it was measured for the first time, before anybody knew its answers. */
const first = z
  .object({
    measuredAt: z.iso.date(),
    tools: z.number(),
    servers: z.number(),
    category: z.number(),
    riskClass: z.number(),
    withinOneStep: z.number(),
    missed: z.number(),
  })
  .parse(JSON.parse(readFileSync(join(catalogFolder, "labels/blind-first.json"), "utf8")));

const recorded = [...readRecorded().values()];
const test = score(judge("test"));
const met =
  test.category >= TARGETS.category &&
  test.withinOneStep >= TARGETS.withinOneStep &&
  test.missed.length <= TARGETS.missed;

const text = `# Classification

How often the classifier (\`lib/catalog/classify.ts\`) agrees with labels that were made by reading the
definitions. Written by \`node scripts/run.mjs scripts/catalog/measure.ts\`; do not edit. How the labels
were made: [catalog/labels/README.md](../catalog/labels/README.md).

## Agreement

${table(
  ["Labels", "Tools", "Servers", "Category", "Class", "Class within one step", "Missed"],
  labelSets.flatMap((name) => {
    const said = score(judge(name));
    const row = [TITLES[name], said.tools, said.servers, ...shares(said, said.missed.length)];
    if (name !== "blind") return [row];
    const atFirst = [first.tools, first.servers, ...shares(first, first.missed)];
    return [["**Blind set, at first sight**", ...atFirst], row];
  }),
)}

*Missed*: Destructive or Financial by label and Read by the classifier. Targets on the test half: category
at least ${percent(TARGETS.category)}, class within one step at least ${percent(TARGETS.withinOneStep)}, missed ${TARGETS.missed}: **${met ? "met" : "not met"}**.

The *blind set* says what to expect of a server nobody has seen: ${first.servers} servers that were recorded and labelled
when the classifier was done, and measured once, on ${first.measuredAt}, before a word of it was changed. The test half is
friendlier than that, because how many of it were wrong was known while tuning. Since then the blind set
has been looked at too, so its second row is no prediction either. Labels leave the servers' hints out; the
classifier raises a class where a server itself calls its tool destructive: ${raisedByHint()}.

## Test half: label in rows, classifier in columns

${confusion(judge("test"))}

## Servers judged separately

They are the servers the product was designed around, so they belong to neither half.

${table(
  ["Server", "Tools", "Category", "Class", "Class within one step", "Missed"],
  byServer(judge("separate")),
)}

## Blind set by server, now

${table(
  ["Server", "Tools", "Category", "Class", "Class within one step", "Missed"],
  byServer(judge("blind")),
)}

## Test half by server

${table(
  ["Server", "Tools", "Category", "Class", "Class within one step", "Missed"],
  byServer(judge("test")),
)}

## Where the test half disagrees

${disagreements(judge("test"))}

## Speed

${speed()}
`;
writeFileSync(file, text);
console.log(text);
process.exit(met ? 0 : 1);

function byServer(judged: readonly Judged[]): (string | number)[][] {
  const servers = [...new Set(judged.map(({ label }) => label.server))];
  return servers.map((server) => {
    const said = score(judged.filter(({ label }) => label.server === server));
    return [server, said.tools, ...shares(said, said.missed.length)];
  });
}

function shares(
  said: Pick<Score, "category" | "riskClass" | "withinOneStep">,
  missed: number,
): (string | number)[] {
  return [percent(said.category), percent(said.riskClass), percent(said.withinOneStep), missed];
}

/** Labels leave hints out, while the classifier lets a hint raise the class. */
function raisedByHint(): string {
  const differing = judge("blind").filter(
    ({ label, said }) => label.category === said.category && label.riskClass !== said.riskClass,
  );
  const raised = differing.filter(({ said }) => said.rationale.includes("own hint")).length;
  return `of the ${differing.length} tools of the blind set whose category agrees and class does not, ${raised} were raised so`;
}

function confusion(judged: readonly Judged[]): string {
  const rows = categories.map((wanted) => [
    wanted,
    ...categories.map(
      (got) =>
        judged.filter(({ label, said }) => label.category === wanted && said.category === got)
          .length,
    ),
  ]);
  return table(["", ...categories], rows);
}

function disagreements(judged: readonly Judged[]): string {
  const differing = judged.filter(
    ({ label, said }) => label.category !== said.category || label.riskClass !== said.riskClass,
  );
  const rows = differing.map(({ label, said }) => [
    `${label.server} \`${label.tool}\``,
    `${label.category}, ${label.riskClass}`,
    `${said.category}, ${said.riskClass}`,
  ]);
  return table(["Tool", "Label", "Classifier"], rows);
}

/** All recorded definitions, over and over. Processor time, as the rest of the machine is not idle; the fastest of five passes. */
function speed(): string {
  const all = recorded.flatMap(({ tools }) => tools);
  const tools = Array.from({ length: TIMED_TOOLS }, (_, index) => all[index % all.length]);
  const passes = Array.from({ length: 5 }, () => {
    const started = process.cpuUsage();
    for (const tool of tools) if (tool) classifyTool(tool, { trustedAnnotations: false });
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000;
  });
  const milliseconds = Math.min(...passes);
  return `${TIMED_TOOLS.toLocaleString("en")} tools, made of the ${all.length.toLocaleString("en")} recorded definitions of ${recorded.length} servers, were classified in ${(milliseconds / 1_000).toFixed(2)} s of processor time (${Math.round((milliseconds / TIMED_TOOLS) * 1_000)} µs a tool; the fastest of five passes; target: under 1 s).`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
