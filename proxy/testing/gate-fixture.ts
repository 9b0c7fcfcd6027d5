import { database } from "#lib/db.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import type { Prisma } from "#prisma/client.ts";
import { connectAndList, type DiscoveryTarget } from "#proxy/discover/discover.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import type { GatedServer, TestProxy } from "./harness.ts";

/**
 * An org with one server, discovered as the product does it, and one agent that may use it.
 *
 * @param source its URL, or the program of one that speaks stdio: the proxy has to be told to start it
 */
export async function gateFixture(
  proxy: Pick<TestProxy, "origin">,
  source: { url: string } | Launch,
  document: Prisma.InputJsonObject,
): Promise<GatedServer> {
  const target: DiscoveryTarget =
    "url" in source
      ? { kind: "http", url: source.url, headers: {} }
      : { kind: "stdio", prepare: async () => source };
  const allowed = parseAllowedNetworks(["127.0.0.0/8"]);
  const found = await connectAndList(target, { allowed, report() {}, answerMilliseconds: 10_000 });
  if (found.kind === "failed") throw new Error(found.failure.message);
  const context = await makeOrg();
  const server = await makeServer(context, {
    document,
    ...("url" in source && { url: source.url }),
  });
  const key = { orgId: context.org.id, serverId: server.id };
  if (target.kind === "stdio") {
    await database().server.update({
      where: { orgId_id: { orgId: key.orgId, id: key.serverId } },
      data: { kind: "connector", connector: "everything", url: null },
    });
  }
  await recordTransport(key.orgId, key.serverId, found.transport, found.revisions);
  await storeDiscovery(key, found);
  const agent = await makeAgent(context, { servers: [server] });
  return { context, server, agent, url: `${proxy.origin}/mcp/${context.org.slug}/${server.slug}` };
}
