import type { ClientBase } from "pg";
import { digestOfDefinition, isOfTwins, lateMembers } from "#lib/tools/digest.ts";

/**
 * Digests of earlier releases left out some members of a definition. The stored definitions have them, so
 * those digests are renewed: else every such tool would be held for a change that nobody made. Can be
 * run again; servers are done one by one, each in a transaction that locks its org's admissions out.
 */
export async function renewDigests(client: ClientBase): Promise<void> {
  const { rows: servers } = await client.query<Key>(
    `select distinct t.org_id, t.server_id
    from tools t
    left join tool_definitions d on d.org_id = t.org_id and d.tool_id = t.id
    where t.definition ?| $1 or t.held_definition ?| $1 or d.definition ?| $1`,
    [lateMembers],
  );
  for (const server of servers) {
    await client.query("begin");
    try {
      await renewServer(client, server);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
  }
}

interface Key {
  org_id: string;
  server_id: string;
}

async function renewServer(client: ClientBase, { org_id, server_id }: Key): Promise<void> {
  await client.query("select lock_org_for_change($1)", [org_id]);
  const tools = await client.query<ToolRow>(
    `select id, definition, digest, held_definition, held_digest from tools
    where org_id = $1 and server_id = $2 and (definition ?| $3 or held_definition ?| $3)`,
    [org_id, server_id, lateMembers],
  );
  for (const { id, definition, digest, held_definition, held_digest } of tools.rows) {
    const held = held_digest === null ? null : renewed(held_definition, held_digest);
    await client.query(
      "update tools set digest = $3, held_digest = $4 where org_id = $1 and id = $2",
      [org_id, id, renewed(definition, digest), held],
    );
  }
  const seen = await client.query<SeenRow>(
    `select d.tool_id, d.digest, d.definition from tool_definitions d
    join tools t on t.org_id = d.org_id and t.id = d.tool_id
    where t.org_id = $1 and t.server_id = $2 and d.definition ?| $3`,
    [org_id, server_id, lateMembers],
  );
  for (const { tool_id, digest, definition } of seen.rows) {
    await client.query(
      "update tool_definitions set digest = $4 where org_id = $1 and tool_id = $2 and digest = $3",
      [org_id, tool_id, digest, renewed(definition, digest)],
    );
  }
  // One digest stood for definitions that differ in those members: what is in force may be another of them.
  await client.query(
    `insert into tool_definitions (org_id, tool_id, digest, definition, first_seen_at, last_seen_at)
    select org_id, id, coalesce(held_digest, digest), coalesce(held_definition, definition), first_seen_at, last_seen_at
    from tools where org_id = $1 and server_id = $2
    on conflict do nothing`,
    [org_id, server_id],
  );
  await client.query("update servers set revision = revision + 1 where org_id = $1 and id = $2", [
    org_id,
    server_id,
  ]);
  // Whoever asked for an approval asks again: it is bound to the digest of the definition.
  await client.query(
    `update approvals set state = 'void'
    where org_id = $1 and server_id = $2 and state in ('pending', 'approved')
      and tool in (select name from tools where org_id = $1 and server_id = $2 and definition ?| $3)`,
    [org_id, server_id, lateMembers],
  );
}

interface ToolRow {
  id: string;
  definition: unknown;
  digest: string;
  held_definition: unknown;
  held_digest: string | null;
}

interface SeenRow {
  tool_id: string;
  digest: string;
  definition: unknown;
}

function renewed(definition: unknown, digest: string): string {
  return isOfTwins(digest) ? digest : digestOfDefinition(definition);
}
