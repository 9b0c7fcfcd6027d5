import type { Metadata } from "next";
import { decisionKind } from "#components/calls/decision-kind.ts";
import { decisionSentences } from "#components/calls/decision-sentence.ts";
import { sizeText } from "#components/calls/duration-text.ts";
import { methodWord } from "#components/calls/method-word.ts";
import { OutcomeText } from "#components/calls/outcome-text.tsx";
import { ShapeTable } from "#components/calls/shape-table.tsx";
import { Waterfall } from "#components/calls/waterfall.tsx";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { Page } from "#components/shell/page.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, Facts, Section } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type CallDetail, getCall } from "#lib/calls/calls.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Call" };

export default async function CallPage({ params }: PageProps<"/orgs/[org]/calls/[call]">) {
  const { org, call: id } = await params;
  const context = await requireOrg(org, "calls.read");
  const call = await forPage(getCall(context, { id }));
  const base = `/orgs/${org}`;
  const { decision, outcome } = decisionSentences(call);
  const word = methodWord(call.method);
  const server = `${base}/servers/${call.serverSlug}`;
  const toolHref = word === null ? `${server}?tool=${encodeURIComponent(call.tool)}` : server;
  return (
    <Page width="content">
      <PageHeader
        breadcrumbs={[{ label: "Calls", href: `${base}/calls` }]}
        title={
          <span className="text-lg">
            {word !== null && <span className="mr-2 text-muted">{word}</span>}
            <span className="font-mono">{call.tool}</span>
          </span>
        }
        meta={
          <>
            <DecisionBadge decision={decisionKind(call.decision)} />
            {call.observed && <Badge>observed</Badge>}
            <RelativeTime at={call.at.toISOString()} className="text-muted text-sm" />
          </>
        }
        action={
          word === null &&
          may(context, "rules.write") &&
          call.serverSlug !== "" && (
            <ButtonLink
              href={`${server}/policy?tool=${encodeURIComponent(call.tool)}&agent=${encodeURIComponent(call.agent)}`}
            >
              Make a rule from this call
            </ButtonLink>
          )
        }
      />
      <div className="grid max-w-[72ch] gap-1.5">
        <p className="text-pretty text-lg">{decision}.</p>
        <p className="text-base text-muted">{call.explanation}</p>
        {call.reason && <p className="text-base text-muted">Reason given: {call.reason}</p>}
      </div>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
        <div className="grid gap-6">
          <Section title="What happened" description={outcome}>
            {call.outcome !== null && (
              <Card className="p-4">
                <Waterfall
                  addedMs={call.addedMs}
                  upstreamMs={call.upstreamMs}
                  serverName={call.server}
                />
              </Card>
            )}
          </Section>
          <Section
            title="Arguments"
            description="The record keeps names, types and sizes. Equal digests are equal values; the values themselves are not stored."
          >
            <ShapeTable shape={call.argumentShape} />
          </Section>
        </div>
        <Card className="p-4">
          <Facts items={factsOf(base, toolHref, call)} />
        </Card>
      </div>
    </Page>
  );
}

function factsOf(base: string, toolHref: string, call: CallDetail) {
  const link = "underline decoration-edge underline-offset-3 hover:decoration-text";
  return [
    {
      term: "Rule",
      value: (
        <Link href={toolHref} className={`font-mono ${link}`}>
          {call.rule}
        </Link>
      ),
    },
    { term: "Policy version", value: String(call.policyVersion) },
    {
      term: "Agent",
      value: (
        <Link href={`${base}/agents/${call.agent}`} className={link}>
          {call.agent}
        </Link>
      ),
    },
    {
      term: "Server",
      value:
        call.serverSlug === "" ? (
          call.server
        ) : (
          <Link href={`${base}/servers/${call.serverSlug}`} className={link}>
            {call.server}
          </Link>
        ),
    },
    { term: "Outcome", value: <OutcomeText outcome={call.outcome} /> },
    ...(call.detail ? [{ term: "Detail", value: call.detail }] : []),
    ...(call.httpStatus === null ? [] : [{ term: "HTTP status", value: String(call.httpStatus) }]),
    { term: "Request", value: sizeText(call.requestBytes) },
    ...(call.responseBytes === null
      ? []
      : [{ term: "Response", value: sizeText(call.responseBytes) }]),
    { term: "At", value: call.at.toISOString().replace("T", " ").replace("Z", " UTC") },
    { term: "Call id", value: <Id id={call.id} what="call id" /> },
    ...(call.sessionId === null
      ? []
      : [{ term: "Session id", value: <Id id={call.sessionId} what="session id" /> }]),
    ...(call.approvalId === null
      ? []
      : [
          {
            term: "Approval",
            value: (
              <span className="flex items-center gap-1">
                <Link
                  href={`${base}/approvals/${call.approvalId}`}
                  className={`truncate font-mono ${link}`}
                >
                  {call.approvalId}
                </Link>
                <CopyButton value={call.approvalId} what="approval id" iconOnly />
              </span>
            ),
          },
        ]),
  ];
}

function Id({ id, what }: { id: string; what: string }) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <code className="min-w-0 truncate font-mono">{id}</code>
      <CopyButton value={id} what={what} iconOnly />
    </span>
  );
}
