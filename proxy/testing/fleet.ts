import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import type { Prisma } from "#prisma/client.ts";
import { connectAndList } from "#proxy/discover/discover.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { connectorDefinitions } from "./connector.ts";
import type { TestProxy } from "./harness.ts";

/** A server of a fleet: where it is and what it offers. */
export interface Member {
  url?: string;
  connector?: string;
  definitions(): Promise<unknown[]>;
  document: Prisma.InputJsonObject;
  /** What it was found to speak; nothing is found where this is absent. */
  revisions?: readonly string[];
}

export interface Fleet {
  context: OrgContext;
  /** By slug. */
  servers: Record<string, { id: string; slug: string; policyId: string }>;
  agent: { id: string; name: string; token: string; tokenId: string };
  /** The one address of all of them. */
  url: string;
}

/** An org with several servers, by slug, and one agent that may use them all. */
export async function makeFleet(
  proxy: Pick<TestProxy, "origin">,
  members: Readonly<Record<string, Member>>,
): Promise<Fleet> {
  const context = await makeOrg();
  const servers: Fleet["servers"] = {};
  for (const [slug, member] of Object.entries(members)) {
    const { url, connector, document, definitions, revisions } = member;
    const server = await makeServer(context, { slug, document, ...(url && { url }) });
    const key = { orgId: context.org.id, serverId: server.id };
    await storeDiscovery(key, {
      tools: await definitions(),
      protocolRevision: "2025-11-25",
      serverInfo: {},
    });
    if (revisions) await recordTransport(key.orgId, key.serverId, "streamable_http", revisions);
    if (connector) {
      await database().server.update({
        where: { orgId_id: { orgId: context.org.id, id: server.id } },
        data: { kind: "connector", connector, url: null },
      });
    }
    servers[slug] = server;
  }
  const agent = await makeAgent(context, { servers: Object.values(servers) });
  return { context, servers, agent, url: `${proxy.origin}/mcp/${context.org.slug}` };
}

/** The protocol's own test server as a program. */
export const everything = (document: Prisma.InputJsonObject): Member => ({
  connector: "everything",
  definitions: connectorDefinitions,
  document,
});

/** A server over HTTP, discovered as the product does it. */
export async function discovered(
  { url }: { url: string },
  document: Prisma.InputJsonObject,
): Promise<Member> {
  const allowed = parseAllowedNetworks(["127.0.0.0/8"]);
  const options = { allowed, report() {}, answerMilliseconds: 10_000 };
  const found = await connectAndList({ kind: "http", url, headers: {} }, options);
  if (found.kind === "failed") throw new Error(found.failure.message);
  const { tools, revisions } = found;
  return { url, document, revisions, definitions: async () => tools };
}

/** A server that nobody reaches. */
export const dead: Member = {
  url: "http://127.0.0.1:9/mcp",
  definitions: async () => [{ name: "get", inputSchema: { type: "object" } }],
  document: { version: 1, default: "allow" },
};
