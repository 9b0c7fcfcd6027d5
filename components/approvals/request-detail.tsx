import { ArrowLeft, MessageSquareText } from "lucide-react";
import type { ReactNode } from "react";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { ToolClass } from "#components/tools/tool-class.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Facts } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import type { ApprovalDetail } from "#lib/approvals/approvals.ts";
import type { CallRow } from "#lib/calls/calls.ts";
import { SIGNAL_TEXT } from "#lib/catalog/describe.ts";
import { categories } from "#lib/policy/types.ts";
import { ArgumentList } from "./argument-list.tsx";
import { JustBefore } from "./just-before.tsx";
import { riskOf } from "./queue-item.ts";
import { runSentence } from "./run-sentence.ts";
import { stateLooks, stateSentence, votesText } from "./state-words.ts";
import { TimeLeft } from "./time-left.tsx";
import { VisibleText } from "./visible-text.tsx";
import { Votes } from "./votes.tsx";

export interface RequestDetailProps {
  base: string;
  approval: ApprovalDetail;
  /** What the agent did just before it asked, latest first. */
  before: readonly CallRow[];
  /** Approve and Deny, or why they are missing. */
  children: ReactNode;
}

/** Everything there is to know before deciding one call. */
export function RequestDetail({ base, approval, before, children }: RequestDetailProps) {
  const { agent, tool, serverName } = approval;
  const votes = votesText(approval);
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
            <>
              {votes !== null && <span>{votes} approved</span>}
              <TimeLeft until={approval.expiresAt.toISOString()} className="text-muted" />
            </>
          )}
        </div>
        <h2 id="request" className="text-pretty break-words font-semibold text-lg">
          {agent} asks to run <code className="font-mono text-[0.95em]">{tool}</code> on{" "}
          {serverName}
        </h2>
        <p className="max-w-[72ch] text-base">
          <code className="font-mono text-[0.95em]">
            <VisibleText text={tool} />
          </code>{" "}
          {runSentence(serverName, approval.arguments).map(({ text, isName }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place in the sentence
            <span key={place} className={cn(isName && "font-mono text-[0.95em]")}>
              <VisibleText text={text} />
            </span>
          ))}
        </p>
        <Outcome base={base} approval={approval} />
      </header>
      {approval.message !== null && (
        <p className="flex max-w-[72ch] items-start gap-2 rounded border bg-sunken px-3 py-2 text-sm">
          <MessageSquareText aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-muted" />
          <span className="min-w-0">
            <span className="sr-only">For the approver: </span>
            <VisibleText text={approval.message} />
          </span>
        </p>
      )}
      <ArgumentList value={approval.arguments} />
      <Votes votes={approval.votes} needed={approval.votesNeeded} />
      <Circumstances base={base} approval={approval} />
      <JustBefore base={base} agent={agent} calls={before} />
      {children}
    </article>
  );
}

function Circumstances({ base, approval }: { base: string; approval: ApprovalDetail }) {
  const { agent, server, tool, rule, ruleReason, explanation, client, agentOwner } = approval;
  return (
    <Facts
      stackOnPhone
      items={[
        { term: "Class", value: <Class approval={approval} /> },
        {
          term: "Asks",
          value: (
            <>
              <Link
                href={`${base}/agents/${encodeURIComponent(agent)}`}
                className="underline decoration-edge underline-offset-3"
              >
                {agent}
              </Link>{" "}
              <RelativeTime at={approval.requestedAt.toISOString()} className="text-muted" />
              <span className="block text-muted">
                {[agentOwner && `registered by ${agentOwner}`, client && `uses ${client}`]
                  .filter(Boolean)
                  .join(", ")}
              </span>
            </>
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
              </Link>{" "}
              <span className="text-muted">of version {approval.policyVersion}</span>
              {explanation !== "" && <span className="block max-w-[72ch]">{explanation}</span>}
              {ruleReason && <span className="block text-muted">“{ruleReason}”</span>}
            </>
          ),
        },
        {
          term: "Who may approve",
          value: whoMay(approval),
        },
        {
          term: "Bound to",
          value: (
            <span title={approval.digest}>
              this agent, tool definition, policy version and exactly these arguments{" "}
              <code className="font-mono text-muted text-xs">
                sha256 {approval.digest.slice(0, 16)}…
              </code>
            </span>
          ),
        },
      ]}
    />
  );
}

function Class({ approval }: { approval: ApprovalDetail }) {
  const { about } = approval;
  const risk = riskOf(approval.riskClass);
  const category = categories.find((name) => name === approval.category);
  return (
    <div className="grid gap-2">
      <span className="flex flex-wrap gap-x-4 gap-y-1">
        {category && <CategoryLabel category={category} />}
        {risk && <RiskMeter risk={risk} />}
      </span>
      {about === null ? (
        <span className="text-muted">The tool is not on record any more.</span>
      ) : (
        <>
          <p className="max-w-[72ch]">{about.rationale}</p>
          {about.description !== "" && (
            <p className="max-w-[72ch] text-muted">
              The server says: <VisibleText text={firstSentence(about.description)} />
            </p>
          )}
          {about.signals.length > 0 && (
            <span className="flex flex-wrap gap-1.5">
              {about.signals.map((signal) => (
                <Badge key={signal} tone="caution">
                  {SIGNAL_TEXT[signal].label}
                </Badge>
              ))}
            </span>
          )}
          <details>
            <summary className="w-fit cursor-pointer rounded text-accent pointer-coarse:py-3">
              Evidence
            </summary>
            <div className="pt-2">
              <ToolClass tool={about} signalTexts={SIGNAL_TEXT} />
            </div>
          </details>
        </>
      )}
    </div>
  );
}

function whoMay({ approvers, excluded, votesNeeded }: ApprovalDetail): string {
  const who =
    approvers === null
      ? "whoever may decide approvals"
      : [...approvers.roles.map((role) => `${role.replace("_", " ")}s`), ...approvers.members].join(
          ", ",
        );
  const not = excluded.map((each) =>
    each === "requester" ? "not who answers for the agent" : "not who last changed the rule",
  );
  const count = votesNeeded > 1 ? `${votesNeeded} different people: ` : "";
  return [`${count}${who}`, ...not].join("; ");
}

function Outcome({ base, approval }: { base: string; approval: ApprovalDetail }) {
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

function firstSentence(text: string): string {
  const end = /[.!?](?:\s|$)/.exec(text)?.index;
  const sentence = end === undefined ? text : text.slice(0, end + 1);
  return sentence.length <= 240 ? sentence : `${sentence.slice(0, 239)}…`;
}
