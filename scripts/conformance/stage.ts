import { join } from "node:path";
import type { Prisma } from "#prisma/client.ts";
import { startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";
import { startHop } from "./hop.ts";
import { type Check, type Revision, runSuite } from "./suite.ts";

/** A server to compare, and what the suite finds when it asks it directly. */
export type Subject = "dual-era" | "modern" | "legacy" | Program;
type Program = "dual-era-stdio" | "legacy-stdio";

export interface Stage {
  /** The suite against the server itself; run once for each revision. */
  direct(subject: Subject, revision: Revision): Promise<Check[]>;
  /** The same through the proxy, as an agent under this policy. */
  gated(subject: Subject, revision: Revision, policy?: Prisma.InputJsonObject): Promise<Check[]>;
  close(): Promise<void>;
}

const launchOf = (fixture: string): Launch => ({
  command: process.execPath,
  args: [join(import.meta.dirname, "../../proxy/testing/fixtures", fixture), "stdio"],
  env: { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  cwd: "/tmp",
});

const launches: Readonly<Record<Program, Launch>> = {
  "dual-era-stdio": launchOf("dual-era.ts"),
  "legacy-stdio": launchOf("legacy.ts"),
};

/**
 * Fixture servers and proxies on the database of `DATABASE_URL`. The suite cannot speak stdio: its
 * direct counterpart is the same server over HTTP without resumable streams, which stdio lacks.
 */
export async function startStage(): Promise<Stage> {
  const dual = await startDualEra();
  const modern = await startDualEra({ legacy: false });
  const legacy = await startLegacy();
  const plainDual = await startDualEra({ resumable: false });
  const plainLegacy = await startLegacy({ resumable: false });
  const overHttp = await startProxy();
  const startFor = (launch: Launch) =>
    startProxy({ ports: { openUpstream: async () => new StdioUpstream(launch, STDIO_DEFAULTS) } });
  const overStdio: Readonly<Record<Program, TestProxy>> = {
    "dual-era-stdio": await startFor(launches["dual-era-stdio"]),
    "legacy-stdio": await startFor(launches["legacy-stdio"]),
  };
  const urls: Readonly<Record<Subject, string>> = {
    "dual-era": dual.url,
    modern: modern.url,
    legacy: legacy.url,
    "dual-era-stdio": plainDual.url,
    "legacy-stdio": plainLegacy.url,
  };
  const known = new Map<string, Promise<Check[]>>();
  return {
    direct(subject, revision) {
      const key = `${subject} ${revision}`;
      const running = known.get(key) ?? runSuite(urls[subject], revision);
      known.set(key, running);
      return running;
    },
    async gated(subject, revision, policy = { version: 1, default: "allow" }) {
      const server = isProgram(subject)
        ? await gateFixture(overStdio[subject], launches[subject], policy)
        : await gateFixture(overHttp, { url: urls[subject] }, policy);
      const hop = await startHop(server.url, server.agent.token);
      const checks = await runSuite(hop.url, revision);
      await hop.close();
      return checks;
    },
    async close() {
      for (const proxy of [overHttp, ...Object.values(overStdio)]) await proxy.close();
      for (const fixture of [dual, modern, legacy, plainDual, plainLegacy]) await fixture.close();
    },
  };
}

function isProgram(subject: Subject): subject is Program {
  return Object.hasOwn(launches, subject);
}
