import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { decisionKind } from "#components/calls/decision-kind.ts";
import { CategoryLabel } from "#components/category-label.tsx";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { Facts } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import type { ApprovalRow } from "#lib/approvals/approvals.ts";
import type { CallRow } from "#lib/calls/calls.ts";
import { categories } from "#lib/policy/types.ts";
import { ArgumentList } from "./argument-list.tsx";
import { riskOf } from "./queue-item.ts";
import { stateLooks, stateSentence } from "./state-words.ts";
import { TimeLeft } from "./time-left.tsx";

export interface RequestDetailProps {
  base: string;
  approval: ApprovalRow;
  /** What the agent did just before it asked, latest first. */
  before: readonly CallRow[];
  /** Approve and Deny, or why they are missing. */
  children: ReactNode;
}

/** Everything there is to know before deciding one call. */
export function RequestDetail({ base, approval, before, children }: RequestDetailProps) {
  const { agent, tool, server, serverName, rationale, rule, ruleReason } = approval;
  const risk = riskOf(approval.riskClass);
  const category = categories.find((name) => name === approval.category);
  return (
    <article aria-labelledby="request" className="grid content-start gap-6">
      <Link
        href={`${base}/approvals`}
        className="inline-flex min-h-11 items-center gap-1.5 justify-self-start text-muted text-sm lg:hidden"
      >
        <ArrowLeft aria-hidden="true" className="size-4" />
        Approvals
      </Link>
      <header className="grid gap-2">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
          <StatusDot {...stateLooks[approval.state]} />
          {approval.state === "pending" && (
            <TimeLeft until={approval.expiresAt.toISOString()} className="text-muted" />
          )}
        </div>
        <h2 id="request" className="text-pretty break-words font-semibold text-lg">
          {agent} asks to run <code className="font-mono text-[0.95em]">{tool}</code> on{" "}
          {serverName}
        </h2>
        <Outcome base={base} approval={approval} />
      </header>
      <ArgumentList value={approval.arguments} />
      <Facts
        items={[
          {
            term: "Class",
            value: (
              <span className="grid gap-1">
                <span className="flex flex-wrap gap-x-4 gap-y-1">
                  {category && <CategoryLabel category={category} />}
                  {risk && <RiskMeter risk={risk} />}
                </span>
                {rationale && <span className="max-w-[72ch] text-muted">{rationale}</span>}
              </span>
            ),
          },
          {
            term: "Rule",
            value: (
              <>
                <Link href={`${base}/servers/${server}?tool=${encodeURIComponent(tool)}`}>
                  <code className="font-mono underline decoration-edge underline-offset-3">
                    {rule}
                  </code>
                </Link>
                {ruleReason && <span className="block text-muted">{ruleReason}</span>}
              </>
            ),
          },
          { term: "Asked", value: <RelativeTime at={approval.requestedAt.toISOString()} /> },
        ]}
      />
      <JustBefore base={base} agent={agent} calls={before} />
      {children}
    </article>
  );
}

function Outcome({ base, approval }: { base: string; approval: ApprovalRow }) {
  if (approval.state === "pending") return null;
  return (
    <div className="grid gap-1 text-base text-muted">
      <p>
        {stateSentence(approval)}{" "}
        {approval.decidedAt && <RelativeTime at={approval.decidedAt.toISOString()} />}
      </p>
      {approval.decisionNote && <p>Reason: {approval.decisionNote}</p>}
      {approval.callId && (
        <p>
          <Link
            href={`${base}/calls/${approval.callId}`}
            className="text-accent underline underline-offset-3"
          >
            See the call
          </Link>
        </p>
      )}
    </div>
  );
}

function JustBefore({
  base,
  agent,
  calls,
}: {
  base: string;
  agent: string;
  calls: readonly CallRow[];
}) {
  return (
    <section aria-labelledby="before" className="grid gap-2">
      <h3 id="before" className="font-medium text-sm">
        What {agent} did just before
      </h3>
      {calls.length === 0 ? (
        <p className="text-muted text-sm">Nothing: this is its first call on record.</p>
      ) : (
        <ul className="divide-y border-y">
          {calls.map((call) => (
            <li key={call.id}>
              <Link
                href={`${base}/calls/${call.id}`}
                className="flex min-h-8 items-center gap-4 px-1 text-sm transition-colors hover:bg-hover pointer-coarse:min-h-11"
              >
                <span className="min-w-0 flex-1 truncate font-mono">{call.tool}</span>
                <DecisionBadge decision={decisionKind(call.decision)} />
                <RelativeTime
                  at={call.at.toISOString()}
                  className="w-28 shrink-0 text-right text-muted max-sm:w-auto"
                />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
