import { DecideBar } from "#components/approvals/decide-bar.tsx";
import { Inbox, NothingWaits } from "#components/approvals/inbox.tsx";
import { queueItemOf } from "#components/approvals/queue-item.ts";
import { RequestDetail } from "#components/approvals/request-detail.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { type ApprovalDetail, getApproval, listApprovals } from "#lib/approvals/approvals.ts";
import { hasPassword } from "#lib/auth/confirm.ts";
import { listCalls } from "#lib/calls/calls.ts";
import { callFloor } from "#lib/calls/floor.ts";
import { forPage } from "#lib/web/errors.ts";
import { offeredProviders } from "#lib/web/providers.ts";
import { may, requireOrg, type WebContext } from "#lib/web/session.ts";
import { confirmWho, decide, denySeveral } from "./actions.ts";

/** The inbox, showing the request the address names or else the most urgent one. */
export async function ApprovalsView({ org, id }: { org: string; id: string | null }) {
  const context = await requireOrg(org, "approvals.read");
  const [pending, decided] = await Promise.all([
    listApprovals(context, { state: "pending" }),
    listApprovals(context, { state: "decided", limit: 20 }),
  ]);
  const shownId = id ?? pending[0]?.id;
  const shown = shownId === undefined ? null : await forPage(getApproval(context, { id: shownId }));
  const nextId = pending.find((row) => row.id !== shown?.id)?.id;
  return (
    <Page width="content">
      <div className={id === null ? undefined : "max-lg:sr-only"}>
        <PageHeader title="Approvals" />
      </div>
      <Inbox
        orgSlug={org}
        pending={pending.map(queueItemOf)}
        decided={decided.map(queueItemOf)}
        shownId={shown?.id ?? null}
        opened={id !== null}
        deny={may(context, "approvals.decide") ? denySeveral.bind(null, org) : null}
      >
        {shown === null ? (
          <NothingWaits last={decided[0] && queueItemOf(decided[0])} />
        ) : (
          <Request context={context} approval={shown} nextId={nextId} />
        )}
      </Inbox>
    </Page>
  );
}

interface RequestProps {
  context: WebContext;
  approval: ApprovalDetail;
  nextId: string | undefined;
}

async function Request({ context, approval, nextId }: RequestProps) {
  const { slug } = context.org;
  const base = `/orgs/${slug}`;
  const [{ calls }, password] = await Promise.all([
    listCalls(context, {
      agent: approval.agent,
      before: callFloor(approval.requestedAt),
      limit: 6,
    }),
    hasPassword(context.user.id),
  ]);
  // The call that asked is recorded a moment before its request.
  const earlier = calls.filter(
    (call) =>
      call.decision !== "approval" ||
      call.tool !== approval.tool ||
      approval.requestedAt.getTime() - call.at.getTime() > 1_000,
  );
  return (
    <RequestDetail base={base} approval={approval} before={earlier.slice(0, 5)}>
      {approval.state === "pending" &&
        (approval.standing.voted !== null || !may(context, "approvals.decide") ? (
          <p className="text-muted text-sm">
            {approval.standing.voted !== null
              ? "You have answered. Somebody else has to approve as well."
              : approval.standing.obstacle}
          </p>
        ) : (
          <DecideBar
            key={approval.id}
            id={approval.id}
            tool={approval.tool}
            agent={approval.agent}
            standing={approval.standing}
            href={`${base}/approvals/${approval.id}`}
            nextHref={nextId === undefined ? `${base}/approvals` : `${base}/approvals/${nextId}`}
            signInWays={{ password, providers: offeredProviders() }}
            decide={decide.bind(null, slug)}
            confirm={confirmWho.bind(null, slug)}
          />
        ))}
    </RequestDetail>
  );
}
