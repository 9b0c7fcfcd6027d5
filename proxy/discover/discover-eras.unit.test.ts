import { expect, test } from "vitest";
import { startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { connectAndList, type DiscoveryStep } from "./discover.ts";

async function discover(url: string) {
  const steps: DiscoveryStep[] = [];
  const found = await connectAndList(
    { kind: "http", url, headers: {} },
    {
      allowed: parseAllowedNetworks(["127.0.0.0/8"]),
      report: (step) => steps.push(step),
      answerMilliseconds: 10_000,
    },
  );
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
    const found = await discover(server.url);
    expect(found.revisions).toEqual(revisions);
    expect(found.protocolRevision).toBe(revisions.at(-1));
    expect(found.said).toContain(`speaks MCP ${revisions.join(" and ")}`);
    const names = found.tools.map((tool) => (tool as { name: string }).name);
    expect(names).toContain("test_simple_text");
    expect(new Set(names).size).toBe(names.length);
    expect(found.instructions).toBe("A server for tests.");
    await server.close();
  },
);
