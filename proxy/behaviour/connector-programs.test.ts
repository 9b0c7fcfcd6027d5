// Programs behind connectors that do not serve: nothing stays behind and nobody is locked out.
import { describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { gateConnector, programs } from "#proxy/testing/connector.ts";
import { initializeBody, post, startProxy } from "#proxy/testing/harness.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";

/** As the environment has it by default. */
const mostChildrenPerOrg = 64;

test("a session that cannot be recorded leaves no program behind (invariant 1)", async () => {
  const before = programs();
  const proxy = await startProxy();
  const gated = await gateConnector(proxy);
  const sql = (text: string) => database().$executeRawUnsafe(text);
  await sql(`create function refuse_insert() returns trigger language plpgsql as
    $$ begin raise exception 'no space left'; end $$`);
  await sql(`create trigger refuse_insert before insert on sessions
    for each row execute function refuse_insert()`);
  const answer = await post(gated.url, gated.agent.token, initializeBody);
  await sql("drop trigger refuse_insert on sessions");
  expect(answer.status).toBe(503);
  await expect.poll(programs, { timeout: 5_000 }).toEqual(before);
  await proxy.close();
});

describe("programs that do not serve", () => {
  /** A proxy whose connectors start this command instead. */
  async function withProgram(command: string, args: string[], idleMilliseconds = 900_000) {
    const launch = { command, args, env: {}, cwd: "/tmp" };
    return startProxy({
      ports: {
        openUpstream: async () =>
          new StdioUpstream(launch, { ...STDIO_DEFAULTS, idleMilliseconds }),
      },
    });
  }

  test.each([
    ["is missing", "/no/such/program", []],
    ["ends at once", process.execPath, ["-e", "process.exit(3)"]],
  ])(
    "a session whose program %s is not opened, however often it is tried",
    async (_, command, args) => {
      const broken = await withProgram(command, args);
      const gated = await gateConnector(broken);
      for (let attempt = 0; attempt < mostChildrenPerOrg + 2; attempt += 1) {
        // Another agent's slots for new sessions, so that only the cap on programs could refuse.
        if (attempt % 50 === 0) await database().throttle.deleteMany();
        const answer = await post(gated.url, gated.agent.token, initializeBody);
        expect(answer.text).toMatch(
          /could not answer: (its program did not start|the connection ended)/,
        );
      }
      const live = await database().session.count({
        where: { orgId: gated.context.org.id, endedAt: null },
      });
      expect(live).toBe(0);
      await broken.close();
    },
  );

  test("a session that was left unused is cleared away and makes room for others", async () => {
    const server = `
      process.stdin.on("data", (line) => {
        const { id } = JSON.parse(line);
        const result = { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "s", version: "1" } };
        process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n");
      });`;
    const idling = await withProgram(process.execPath, ["-e", server], 200);
    const gated = await gateConnector(idling);
    const attempt = () => post(gated.url, gated.agent.token, initializeBody);
    for (let round = 0; round < 3; round += 1) {
      await database().throttle.deleteMany();
      const answers = await Promise.all(Array.from({ length: 22 }, attempt));
      for (const { text } of answers) expect(text).toContain("serverInfo");
    }
    await database().throttle.deleteMany();
    await expect
      .poll(async () => (await attempt()).text, { interval: 300 })
      .toContain("serverInfo");
    await idling.close();
  }, 60_000);
});
