import { join } from "node:path";
import { expect, test } from "vitest";
import { startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { connectAndList, type DiscoveryStep, type DiscoveryTarget } from "./discover.ts";

async function discover(target: DiscoveryTarget, answerMilliseconds = 10_000) {
  const steps: DiscoveryStep[] = [];
  const found = await connectAndList(target, {
    allowed: parseAllowedNetworks(["127.0.0.0/8"]),
    report: (step) => steps.push(step),
    answerMilliseconds,
  });
  if (found.kind === "failed") throw new Error(found.failure.message);
  const said = steps.find(({ step, state }) => step === "initialize" && state === "ok")?.detail;
  return { ...found, said };
}

test.each([
  ["of both eras", () => startDualEra(), ["2025-11-25", "2026-07-28"]],
  ["without a handshake", () => startDualEra({ legacy: false }), ["2026-07-28"]],
  ["with sessions alone", () => startLegacy(), ["2025-11-25"]],
] as const)(
  "finds every revision of a server %s, and its tools once",
  async (_, start, revisions) => {
    const server = await start();
    const found = await discover({ kind: "http", url: server.url, headers: {} });
    expectRevisions(found, revisions);
    await server.close();
  },
);

test.each([
  ["of both eras", ["dual-era.ts", "stdio"], ["2025-11-25", "2026-07-28"]],
  ["without a handshake", ["dual-era.ts", "stdio", "modern-only"], ["2026-07-28"]],
  ["with sessions alone", ["legacy.ts", "stdio"], ["2025-11-25"]],
] as const)(
  "finds every revision of a program %s, and its tools once",
  async (_, [fixture, ...args], revisions) => {
    const file = join(import.meta.dirname, "../testing/fixtures", fixture);
    expectRevisions(await discover(programOf([file, ...args])), revisions);
  },
);

test.each([
  ["ends over", "process.exit(1)"],
  ["never answers", ""],
])(
  "a program with sessions that %s a question it does not know is found all the same",
  async (_, reaction) => {
    const script = `
      const answers = {
        initialize: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "old" } },
        "tools/list": { tools: [{ name: "get", inputSchema: { type: "object" } }] },
      };
      require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
        const { id, method } = JSON.parse(line);
        const result = answers[method];
        if (result) console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
        else if (id !== undefined) { ${reaction} }
      });
    `;
    const found = await discover(programOf(["-e", script]), 2_000);
    expect(found).toMatchObject({ revisions: ["2025-06-18"], tools: [{ name: "get" }] });
  },
);

function programOf(args: readonly string[]): DiscoveryTarget {
  const env = { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" };
  const launch = { command: process.execPath, args, env, cwd: "/tmp" };
  return { kind: "stdio", prepare: async () => launch };
}

function expectRevisions(
  found: Awaited<ReturnType<typeof discover>>,
  revisions: readonly string[],
): void {
  expect(found.revisions).toEqual(revisions);
  expect(found.protocolRevision).toBe(revisions.at(-1));
  expect(found.said).toContain(`speaks MCP ${revisions.join(" and ")}`);
  const names = found.tools.map((tool) => (tool as { name: string }).name);
  expect(names).toContain("test_simple_text");
  expect(new Set(names).size).toBe(names.length);
  expect(found.instructions).toBe("A server for tests.");
}
