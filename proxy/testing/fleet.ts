import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import type { Prisma } from "#prisma/client.ts";
import { connectorDefinitions } from "./connector.ts";
import type { TestProxy } from "./harness.ts";

/** A server of a fleet: where it is and what it offers. */
export interface Member {
  url?: string;
  connector?: string;
  definitions(): Promise<unknown[]>;
  document: Prisma.InputJsonObject;
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
  for (const [slug, { url, connector, document, definitions }] of Object.entries(members)) {
    const server = await makeServer(context, { slug, document, ...(url && { url }) });
    const key = { orgId: context.org.id, serverId: server.id };
    await storeDiscovery(key, {
      tools: await definitions(),
      protocolRevision: "2025-11-25",
      serverInfo: {},
    });
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

/** A server that nobody reaches. */
export const dead: Member = {
  url: "http://127.0.0.1:9/mcp",
  definitions: async () => [{ name: "get", inputSchema: { type: "object" } }],
  document: { version: 1, default: "allow" },
};
