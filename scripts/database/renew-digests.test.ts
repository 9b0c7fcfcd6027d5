import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import pg from "pg";
import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { getServer } from "#lib/servers/servers.ts";
import { makeApproval, makeChannel, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { listDefinitions, listTools } from "#lib/tools/tools.ts";
import { renewDigests } from "./renew-digests.ts";

const plain = { name: "plain", description: "Lists.", inputSchema: { type: "object" } };
const marked = { ...plain, name: "marked", _meta: { tags: ["a"] } };
const changed = { ...plain, name: "changed", execution: { taskSupport: "optional" } };
const announced = { ...changed, description: "Lists more.", icons: [{ src: "https://a.test/" }] };
const waiting = { ...plain, name: "waiting", icons: [] };

/** As releases before 20261122000029_whole_definitions counted. */
function oldDigest({ _meta, execution, icons, ...counted }: Record<string, unknown>): string {
  return createHash("sha256")
    .update(canonicalize(counted) ?? "", "utf8")
    .digest("hex");
}

/** A server's record as such a release left it. */
async function makeScene() {
  const owner = await makeOrg();
  const accepted = [plain, marked, changed].map((definition) => ({
    name: definition.name,
    definition,
    digest: oldDigest(definition),
  }));
  const [first, second, third] = accepted;
  if (!first || !second || !third) throw new Error("Three tools were made");
  const held = { heldDefinition: announced, heldDigest: oldDigest(announced) };
  const never = { definition: waiting, digest: oldDigest(waiting) };
  const server = await makeServer(owner, {
    tools: [
      first,
      second,
      { ...third, ...held, state: "held" },
      {
        name: "waiting",
        ...never,
        state: "held",
        heldDefinition: waiting,
        heldDigest: never.digest,
      },
    ],
  });
  const key = { orgId: owner.org.id, serverId: server.id };
  await database().server.updateMany({
    where: { orgId: key.orgId, id: key.serverId },
    data: { protocolRevision: "2025-11-25" },
  });
  for (const tool of await database().tool.findMany({ where: key })) {
    const { orgId, id: toolId, digest, heldDigest } = tool;
    const seen = [{ orgId, toolId, digest, definition: tool.definition ?? {}, toldAt: null }];
    const isChanged = heldDigest !== null && heldDigest !== digest;
    await database().toolDefinition.createMany({
      data: isChanged
        ? [...seen, { orgId, toolId, digest: heldDigest, definition: announced }]
        : seen,
    });
  }
  await database().toolDefinition.updateMany({
    where: { orgId: key.orgId },
    data: { toldAt: new Date() },
  });
  return { owner, server, key };
}

async function renew(): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await renewDigests(client);
  await client.end();
}

test("an upgrade holds no tool whose definition is as it was, and offers none that waited", async () => {
  const { owner, server, key } = await makeScene();
  await makeChannel(owner, { events: ["tools.held"] });
  const of = { server: server.slug };
  const { revision } = await getServer(owner, of);
  await renew();
  await renew();
  const stored = await storeDiscovery(key, {
    tools: [plain, marked, announced, waiting],
    protocolRevision: "2025-11-25",
    serverInfo: {},
  });
  expect(stored).toEqual({ tools: 4, held: 2, removed: 0, changed: false });
  expect((await getServer(owner, of)).revision).toBeGreaterThan(revision);
  const tools = await listTools(owner, of);
  expect(tools.map(({ name, state, isNew }) => [name, state, isNew])).toEqual([
    ["changed", "held", false],
    ["marked", "accepted", false],
    ["plain", "accepted", false],
    ["waiting", "held", true],
  ]);
  const versions = await listDefinitions(owner, { ...of, tool: "changed" });
  expect(versions.map(({ standing }) => standing).sort()).toEqual(["accepted", "held"]);
  const told = { orgId: key.orgId, event: "tools.held" } as const;
  expect(await database().notificationDelivery.count({ where: told })).toBe(0);
});

test("what was approved under an old digest is asked for again, and other servers are left as they are", async () => {
  const { owner, server } = await makeScene();
  const other = await makeServer(owner, { tools: [{ name: "plain", definition: plain }] });
  const approvals = [
    await makeApproval(owner, { serverId: server.id, tool: "marked" }),
    await makeApproval(owner, { serverId: server.id, tool: "plain" }),
  ];
  const before = await getServer(owner, { server: other.slug });
  await renew();
  const states = await Promise.all(
    approvals.map(({ orgId, id }) =>
      database().approval.findUniqueOrThrow({ where: { orgId_id: { orgId, id } } }),
    ),
  );
  expect(states.map(({ state }) => state)).toEqual(["void", "pending"]);
  expect(await getServer(owner, { server: other.slug })).toMatchObject({
    revision: before.revision,
  });
});
