import type { Metadata } from "next";
import { signOut } from "#app/signin/actions.ts";
import { OrgShell } from "#components/org/org-shell.tsx";
import { ToSignIn } from "#components/org/to-sign-in.tsx";
import { countPending } from "#lib/approvals/approvals.ts";
import { listOrgsOfUser } from "#lib/orgs/orgs.ts";
import { currentUser, may, requireOrg } from "#lib/web/session.ts";
import { find } from "./actions.ts";

export async function generateMetadata({ params }: LayoutProps<"/orgs/[org]">): Promise<Metadata> {
  const { org } = await params;
  return { title: { default: org, template: `%s · ${org} · Callgate` } };
}

export default async function OrgLayout({ params, children }: LayoutProps<"/orgs/[org]">) {
  if (!(await currentUser())) return <ToSignIn />;
  const context = await requireOrg((await params).org, "org.read");
  const [orgs, waiting] = await Promise.all([
    listOrgsOfUser(context.user.id),
    countPending(context),
  ]);
  const { name, email } = context.user;
  return (
    <OrgShell
      org={shellOrg(context.org)}
      orgs={orgs.map(({ org }) => shellOrg(org))}
      user={{ name, email }}
      waiting={waiting}
      can={{
        audit: may(context, "audit.read"),
        registerServers: may(context, "servers.write"),
        createAgents: may(context, "agents.write"),
      }}
      signOut={signOut}
      find={find}
    >
      {children}
    </OrgShell>
  );
}

function shellOrg({ slug, name }: { slug: string; name: string }) {
  return { slug, name, href: `/orgs/${slug}` };
}
