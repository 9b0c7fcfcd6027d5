import { voidApprovals } from "#lib/approvals/void.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { findServer } from "#lib/servers/find.ts";
import { classificationOf } from "./definition.ts";
import { heldKindOf, type RecordedTool } from "./review.ts";
import { AcceptTools } from "./schema.ts";
import { forgetTold } from "./seen.ts";
import { acceptHeld } from "./write.ts";

/**
 * Accepts held definitions: from this commit on agents see and call them, under the rules of the
 * server's policy (invariant 12). They are classified before the org's admissions are locked out.
 *
 * @throws AppError `not_found` naming unknown tools; `conflict` naming those that are not held, not held as
 *   they were looked at, or that their server lists more than once; nothing is accepted then
 */
export async function acceptTools(
  context: OrgContext,
  input: unknown,
): Promise<{ accepted: string[] }> {
  requirePermission(context, "rules.write");
  const { server: slug, tools } = parseInput(AcceptTools, input);
  const wanted = new Map(
    tools.map((tool) => (typeof tool === "string" ? [tool, null] : [tool.name, tool.heldDigest])),
  );
  const orgId = context.org.id;
  const classes = new Classes();
  const before = await findServer(context, slug);
  await classes.learn(database(), before, await findTools(database(), before, [...wanted.keys()]));
  return changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, slug, transaction);
    const recorded = await findTools(transaction, server, [...wanted.keys()]);
    refuseUnfit(slug, wanted, recorded);
    await classes.learn(transaction, server, recorded);
    const accepted = recorded.flatMap((tool) => classes.of(server, tool));
    await acceptHeld(transaction, orgId, accepted);
    await forgetTold(transaction, orgId, accepted);
    await transaction.server.update({
      where: { orgId_id: { orgId, id: server.id } },
      data: { revision: { increment: 1 } },
    });
    const names = recorded.map(({ name }) => name).sort();
    await voidApprovals(transaction, orgId, { serverId: server.id, tools: names });
    await audit({
      action: "tool.accept",
      subject: { kind: "server", id: server.id, name: slug },
      detail: { tools: names },
    });
    return { accepted: names };
  });
}

type ServerRef = Pick<Awaited<ReturnType<typeof findServer>>, "orgId" | "id" | "trusted">;
type Found = RecordedTool & { id: string; name: string };
type Accepted = ReturnType<typeof classificationOf> & { id: string };

function findTools(client: Transaction, { orgId, id }: ServerRef, names: string[]) {
  return client.tool.findMany({
    where: { orgId, serverId: id, name: { in: names } },
    select: { id: true, name: true, state: true, digest: true, heldDigest: true },
  });
}

/** @throws AppError */
function refuseUnfit(
  slug: string,
  wanted: ReadonlyMap<string, string | null>,
  recorded: readonly Found[],
): void {
  const known = new Set(recorded.map(({ name }) => name));
  const unknown = [...wanted.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new AppError("not_found", `${slug} has no tool ${unknown.join(", ")}. Check the name.`);
  }
  const stale = recorded.filter((tool) => {
    const seen = wanted.get(tool.name) ?? null;
    return heldKindOf(tool) === null || (seen !== null && seen !== tool.heldDigest);
  });
  if (stale.length > 0) {
    throw new AppError(
      "conflict",
      `Not held for review, or changed since you looked: ${namesOf(stale)}. Reload and review again.`,
    );
  }
  const twice = recorded.filter((tool) => heldKindOf(tool) === "duplicate");
  if (twice.length > 0) {
    throw new AppError(
      "conflict",
      `${slug} lists more than one tool under the name ${namesOf(twice)}, and nobody can say which one a call would run. Its server must give each tool a name of its own; then review what is left.`,
    );
  }
}

/** What held definitions are classified as; each is read from the database once. */
class Classes {
  readonly #known = new Map<string, ReturnType<typeof classificationOf>>();

  async learn(client: Transaction, server: ServerRef, tools: readonly Found[]): Promise<void> {
    const missing = tools.filter((tool) => !this.#known.has(keyOf(server, tool)));
    if (missing.length === 0) return;
    const stored = await client.tool.findMany({
      where: { orgId: server.orgId, id: { in: missing.map(({ id }) => id) }, state: "held" },
      select: { id: true, heldDigest: true, heldDefinition: true },
    });
    for (const { heldDefinition, ...tool } of stored) {
      this.#known.set(keyOf(server, tool), classificationOf(heldDefinition, server.trusted));
    }
  }

  of(server: ServerRef, tool: Found): Accepted[] {
    const classes = this.#known.get(keyOf(server, tool));
    return classes === undefined ? [] : [{ id: tool.id, ...classes }];
  }
}

function keyOf({ trusted }: ServerRef, { id, heldDigest }: Pick<Found, "id" | "heldDigest">) {
  return `${id} ${heldDigest} ${trusted}`;
}

function namesOf(tools: readonly Found[]): string {
  return tools.map(({ name }) => name).join(", ");
}
