import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { makeAgent, makeCall, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { rollUpCalls } from "./roll-up.ts";

const hour = 3_600_000;

test("hours that are over are counted, also calls whose name is longer than an index takes", async () => {
  const context = await makeOrg();
  const server = await makeServer(context);
  const agent = await makeAgent(context, { servers: [server] });
  // An index of the record takes it, the key of the counts does not.
  const absurd = randomBytes(1_980).toString("base64url");
  const at = new Date(Date.now() - 3 * hour);
  for (const tool of ["get", "get", absurd]) {
    await makeCall(context, { agentId: agent.id, serverId: server.id, tool, at });
  }
  await database().$executeRaw`delete from call_rollups`;
  await database().$executeRaw`delete from call_hours`;
  const pool = openMaintenancePool(process.env.DATABASE_URL ?? "");
  await rollUpCalls(pool).finally(() => pool.end());
  const counted = await database().$queryRaw<{ tool: string; calls: number }[]>`
    select tool, calls from call_hours where org_id = ${context.org.id}::uuid order by calls desc`;
  expect(counted).toEqual([
    { tool: "get", calls: 2 },
    { tool: absurd.slice(0, 256), calls: 1 },
  ]);
});
