import { ChangeList } from "#components/overview/change-list.tsx";
import { Checklist } from "#components/overview/checklist.tsx";
import { DecisionPlot } from "#components/overview/decision-plot.tsx";
import { isQuiet, NeedsYou } from "#components/overview/needs-you.tsx";
import { RangeLinks } from "#components/overview/range-links.tsx";
import { Ranking } from "#components/overview/ranking.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, Section } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { callFloor } from "#lib/calls/floor.ts";
import { type OrgOverview, orgOverview } from "#lib/orgs/overview.ts";
import { type OverviewRange, overviewRanges } from "#lib/orgs/schema.ts";
import { requireOrg } from "#lib/web/session.ts";

export const metadata = { title: "Overview" };

export default async function OverviewPage({ params, searchParams }: PageProps<"/orgs/[org]">) {
  const context = await requireOrg((await params).org, "org.read");
  const asked = (await searchParams).range;
  const range = overviewRanges.find((known) => known === asked) ?? "24h";
  const overview = await orgOverview(context, { range });
  const base = `/orgs/${context.org.slug}`;
  const isNew = overview.checklist.some(({ id, done }) => id === "first_call" && !done);
  return (
    <Page width="content">
      <PageHeader title="Overview" />
      {isNew ? (
        <>
          {!isQuiet(overview) && <NeedsYou base={base} {...overview} />}
          <Checklist orgSlug={context.org.slug} initial={overview.checklist} />
          <LastChanges base={base} changes={overview.lastChanges} />
        </>
      ) : (
        <Established base={base} range={range} overview={overview} />
      )}
    </Page>
  );
}

interface EstablishedProps {
  base: string;
  range: OverviewRange;
  overview: OrgOverview;
}

function Established({ base, range, overview }: EstablishedProps) {
  const calls = `${base}/calls`;
  return (
    <>
      <NeedsYou base={base} {...overview} />
      <Section title="Decisions" actions={<RangeLinks base={base} current={range} />}>
        <Card className="p-4">
          <DecisionPlot
            range={range}
            callsHref={calls}
            bars={overview.buckets.map((bucket) => ({
              ...bucket,
              before: callFloor(new Date(bucket.end)),
            }))}
          />
        </Card>
      </Section>
      <div className="grid gap-6 lg:grid-cols-2">
        <Ranking
          title="Most refused tools, 24 h"
          tone="danger"
          empty="No call was refused in the last 24 hours."
          rows={overview.mostRefusedTools.map(({ server, tool, count }) => ({
            id: `${server} ${tool}`,
            label: tool,
            hint: server,
            count,
            href: `${calls}?server=${server}&tool=${encodeURIComponent(tool)}`,
          }))}
        />
        <Ranking
          title="Busiest agents, 24 h"
          tone="accent"
          empty="No agent called in the last 24 hours."
          rows={overview.busiestAgents.map(({ agent, count }) => ({
            id: agent,
            label: agent,
            count,
            href: `${calls}?agent=${agent}`,
          }))}
        />
      </div>
      <LastChanges base={base} changes={overview.lastChanges} />
    </>
  );
}

/** Nothing for a role that may not read the audit: it gets no changes. */
function LastChanges({ base, changes }: { base: string; changes: OrgOverview["lastChanges"] }) {
  if (changes.length === 0) return null;
  return (
    <Section
      title="Last changes"
      actions={
        <ButtonLink href={`${base}/audit`} size="small" variant="ghost">
          All changes
        </ButtonLink>
      }
    >
      <Card>
        <ChangeList changes={changes} />
      </Card>
    </Section>
  );
}
