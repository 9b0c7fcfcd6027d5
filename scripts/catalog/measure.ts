import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { classifyTool } from "#lib/catalog/classify.ts";
import { categories } from "#lib/policy/types.ts";
import { type Judged, judge, labelSets, score } from "./labels.ts";
import { readRecorded } from "./recorded.ts";

/**
 * `node scripts/catalog/measure.ts`: compares the classifier with the labels of catalog/labels, times
 * it, and writes bench/classification.md. Exit code 1 when a target of the test half is missed.
 */
const file = join(import.meta.dirname, "../../bench/classification.md");
const TIMED_TOOLS = 10_000;
const TARGETS = { category: 0.92, withinOneStep: 0.98, missed: 0 };

const sets = labelSets.map((name) => {
  const judged = judge(name);
  return { name, judged, score: score(judged) };
});
const recorded = [...readRecorded().values()];
const test = score(judge("test"));
const met =
  test.category >= TARGETS.category &&
  test.withinOneStep >= TARGETS.withinOneStep &&
  test.missed.length <= TARGETS.missed;

const text = `# Classification

How often the classifier (\`lib/catalog/classify.ts\`) agrees with labels that people made by reading the
definitions. Written by \`node scripts/catalog/measure.ts\`; do not edit. How the labels were made:
[catalog/labels/README.md](../catalog/labels/README.md).

## Agreement

${table(
  ["Labels", "Tools", "Servers", "Category", "Class", "Class within one step", "Missed"],
  sets.map(({ name, score: said }) => [
    { development: "Development half", test: "Test half", separate: "Judged separately" }[name],
    said.tools,
    said.servers,
    percent(said.category),
    percent(said.riskClass),
    percent(said.withinOneStep),
    said.missed.length,
  ]),
)}

*Missed*: Destructive or Financial by label and Read by the classifier. Targets on the test half: category
at least ${percent(TARGETS.category)}, class within one step at least ${percent(TARGETS.withinOneStep)}, missed ${TARGETS.missed}: **${met ? "met" : "not met"}**.

## Test half: label in rows, classifier in columns

${confusion(judge("test"))}

## Servers judged separately

They are the servers the product was designed around, so they belong to neither half.

${table(
  ["Server", "Tools", "Category", "Class", "Class within one step", "Missed"],
  byServer(judge("separate")),
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
    return [
      server,
      said.tools,
      percent(said.category),
      percent(said.riskClass),
      percent(said.withinOneStep),
      said.missed.length,
    ];
  });
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

/** All recorded definitions, over and over; the fastest of five passes, as the rest of the machine is not idle. */
function speed(): string {
  const all = recorded.flatMap(({ tools }) => tools);
  const tools = Array.from({ length: TIMED_TOOLS }, (_, index) => all[index % all.length]);
  const passes = Array.from({ length: 5 }, () => {
    const started = performance.now();
    for (const tool of tools) if (tool) classifyTool(tool, { trustedAnnotations: false });
    return performance.now() - started;
  });
  const milliseconds = Math.min(...passes);
  return `${TIMED_TOOLS.toLocaleString("en")} tools, made of the ${all.length.toLocaleString("en")} recorded definitions of ${recorded.length} servers, were classified in ${(milliseconds / 1_000).toFixed(2)} s on one core (${Math.round((milliseconds / TIMED_TOOLS) * 1_000)} µs a tool; the fastest of five passes; target: under 1 s).`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
