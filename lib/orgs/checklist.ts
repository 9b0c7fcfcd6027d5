import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";

export interface ChecklistStep {
  id: "register" | "review" | "rules" | "agent" | "first_call";
  label: string;
  done: boolean;
  /** Where the step is taken. */
  href: string;
}

/** The way of a new org to its first decided call; each step ticks itself. */
export async function checklistOf(context: OrgContext): Promise<ChecklistStep[]> {
  const orgId = context.org.id;
  const standing = { orgId, removedAt: null };
  const [server, tool, held, changedPolicy, agent, call] = await Promise.all([
    database().server.findFirst({
      where: standing,
      orderBy: { id: "asc" },
      select: { slug: true },
    }),
    database().tool.findFirst({ where: { orgId, server: standing }, select: { id: true } }),
    database().tool.findFirst({
      where: { orgId, state: "held", server: standing },
      select: { server: { select: { slug: true } } },
    }),
    database().policy.findFirst({
      where: { orgId, version: { gt: 1 }, servers: { some: standing } },
      select: { id: true },
    }),
    database().agent.findFirst({ where: { orgId, revokedAt: null }, select: { id: true } }),
    database().call.findFirst({ where: { orgId }, select: { id: true } }),
  ]);
  const base = `/orgs/${context.org.slug}`;
  const toolsPage = (slug: string | undefined) =>
    slug === undefined ? `${base}/servers` : `${base}/servers/${slug}`;
  return [
    {
      id: "register",
      label: "Register a server",
      done: server !== null,
      href: `${base}/servers/new`,
    },
    {
      id: "review",
      label: "Review its tools",
      done: tool !== null && held === null,
      href: toolsPage(held?.server.slug ?? server?.slug),
    },
    {
      id: "rules",
      label: "Set a rule",
      done: changedPolicy !== null,
      href: tool && server ? `${toolsPage(server.slug)}/proposal` : toolsPage(server?.slug),
    },
    {
      id: "agent",
      label: "Connect an agent",
      done: agent !== null,
      href: server ? `${base}/servers/${server.slug}/connect` : `${base}/agents`,
    },
    {
      id: "first_call",
      label: "See the first decided call",
      done: call !== null,
      href: `${base}/calls`,
    },
  ];
}
