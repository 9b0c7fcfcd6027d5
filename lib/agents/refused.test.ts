import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { listRefusedRequests } from "./refused.ts";

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

test("an agent's refused requests of seven days are added up by reason and server, the latest first", async () => {
  const context = await makeOrg();
  const server = await makeServer(context, { slug: "payments" });
  const agent = await makeAgent(context, { servers: [server] });
  const other = await makeAgent(context, { servers: [server] });
  const refused = (reason: RefusalReason, hours: number, requests: number, more: object = {}) => ({
    orgId: context.org.id,
    id: newId(),
    agentId: agent.id,
    serverId: server.id,
    reason,
    hour: hoursAgo(hours),
    requests,
    firstAt: hoursAgo(hours),
    lastAt: hoursAgo(hours - 0.5),
    message: `${reason} ${hours} hours ago`,
    ...more,
  });
  await database().refusedRequest.createMany({
    data: [
      refused("keys", 3, 300),
      refused("keys", 1, 12),
      refused("server", 2, 5, { serverId: null }),
      refused("keys", 8 * 24, 1_000),
      refused("keys", 1, 7, { agentId: other.id }),
    ],
  });
  const rows = await listRefusedRequests(context, { agent: agent.name });
  expect(rows).toMatchObject([
    { reason: "keys", server: "payments", requests: 312, message: "keys 1 hours ago" },
    { reason: "server", server: null, requests: 5, message: "server 2 hours ago" },
  ]);
  const [keys] = rows;
  expect(hoursAgo(2.9).getTime()).toBeGreaterThan(keys?.firstAt.getTime() ?? Number.NaN);
  expect(hoursAgo(0.9).getTime()).toBeLessThan(keys?.lastAt.getTime() ?? Number.NaN);
});
