import type { Metadata } from "next";
import { EvidenceList } from "#components/catalog/evidence-list.tsx";
import { FactList } from "#components/catalog/fact-list.tsx";
import { registerHref, serverHref, toolHref } from "#components/catalog/hrefs.ts";
import { ParameterTable } from "#components/catalog/parameter-table.tsx";
import { Part, Prose, Text } from "#components/catalog/prose.tsx";
import { QuestionList, QuestionsForMachines } from "#components/catalog/question-list.tsx";
import { RelatedList } from "#components/catalog/related-list.tsx";
import { parametersText } from "#components/catalog/tool-list.tsx";
import { VersionList } from "#components/catalog/version-list.tsx";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SIGNAL_TEXT } from "#lib/catalog/describe.ts";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import { SIGNALS } from "#lib/catalog/types.ts";
import { findMisplaced, type MisplacedTool } from "#lib/catalogue/elsewhere.ts";
import { shownDefinition } from "#lib/catalogue/shown.ts";
import { ecosystemName } from "#lib/catalogue/tool-text.ts";
import { decoded, readToolText } from "../../read.ts";

type Props = PageProps<"/catalog/[server]/[tool]">;

async function read(params: Props["params"]) {
  const { server, tool } = await params;
  return readToolText(server, tool);
}

async function readMisplaced(params: Props["params"]) {
  const { server, tool } = await params;
  return findMisplaced(server, decoded(tool));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const misplaced = await readMisplaced(params);
  if (misplaced) return { title: misplaced.tool, robots: { index: false } };
  const { page, text } = await read(params);
  const href = toolHref(page.server.slug, page.tool.name);
  return {
    title: `${page.tool.name}: ${page.server.title} MCP tool`,
    description: text.summary,
    alternates: {
      canonical: href,
      types: { "text/markdown": `${href}.md`, "application/json": `${href}.json` },
    },
  };
}

export default async function CatalogueToolPage({ params }: Props) {
  const misplaced = await readMisplaced(params);
  if (misplaced) return <Misplaced {...misplaced} />;
  const { page, text } = await read(params);
  const { server, tool, related, versions } = page;
  const href = toolHref(server.slug, tool.name);
  const parameters = parameterSummary(tool.definition.inputSchema);
  const shown = shownDefinition(text.description, parameters);
  const signals = SIGNALS.filter((signal) => tool.signals.includes(signal));
  return (
    <article className="grid gap-8">
      <QuestionsForMachines questions={text.questions} />
      <PageHeader
        title={<span className="break-all font-mono">{tool.name}</span>}
        breadcrumbs={[
          { label: "Catalogue", href: "/catalog" },
          { label: server.title, href: serverHref(server.slug) },
        ]}
        description={text.lead}
        action={
          <ButtonLink href={registerHref(server.slug)} variant="primary">
            Use in Callgate
          </ButtonLink>
        }
      />
      <div className="grid gap-8 lg:grid-cols-[1fr_20rem] lg:grid-rows-[auto_1fr]">
        {/* First in the source too, so that nothing is pushed down while the page arrives. */}
        <aside aria-label="Facts" className="lg:col-start-2">
          <div className="rounded border bg-raised p-4">
            <FactList
              items={[
                {
                  term: "Server",
                  value: (
                    <Link className="text-accent underline" href={serverHref(server.slug)}>
                      {server.title}
                    </Link>
                  ),
                },
                { term: "Package", value: <span className="font-mono">{server.package}</span> },
                { term: "Category", value: <CategoryLabel category={tool.category} /> },
                { term: "Risk class", value: <RiskMeter risk={tool.riskClass} /> },
                { term: "Parameters", value: parametersText(tool) },
                { term: "Confidence", value: `${Math.round(tool.confidence * 100)} %` },
                { term: "Context cost", value: `About ${tool.tokens.toLocaleString("en")} tokens` },
                {
                  term: "Seen in",
                  value: (
                    <>
                      {`${server.version} on ${ecosystemName(server.ecosystem)}, `}
                      <span className="whitespace-nowrap">{server.recordedAt}</span>
                    </>
                  ),
                },
              ]}
            />
          </div>
        </aside>
        <Prose className="lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <Part id="what" title={`What ${tool.name} does on ${server.title}`}>
            <Text>{text.does}</Text>
            {shown.description !== null && (
              <details className="rounded border text-sm" open={shown.description.length < 600}>
                <summary className="px-3 py-2 text-muted">The server’s own description</summary>
                <blockquote className="max-w-[80ch] whitespace-pre-line break-words px-3 pb-3">
                  {shown.description}
                </blockquote>
                {shown.isDescriptionCut && (
                  <p className="px-3 pb-3">
                    <Whole href={`${href}.md`}>The whole description, as Markdown</Whole>
                  </p>
                )}
              </details>
            )}
          </Part>
          <Part id="why" title={`Why ${tool.name} needs a policy`}>
            {text.why.map((sentence) => (
              <Text key={sentence}>{sentence}</Text>
            ))}
          </Part>
          {tool.evidence.length > 0 && (
            <Part id="evidence" title="From the tool’s definition">
              <EvidenceList evidence={tool.evidence} />
            </Part>
          )}
          <Part id="rule" title="Proposed rule">
            <Text>{text.proposal.reason}</Text>
            <CodeBlock code={text.proposal.yaml} what="policy" title="policy.yaml" />
          </Part>
          {signals.length > 0 && (
            <Part id="signals" title="Signals">
              <ul className="grid gap-2 text-sm">
                {signals.map((signal) => (
                  <li key={signal} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                    <Badge>{SIGNAL_TEXT[signal].label}</Badge>
                    <span className="max-w-[72ch] text-muted">{SIGNAL_TEXT[signal].advice}</span>
                  </li>
                ))}
              </ul>
            </Part>
          )}
          <Part id="parameters" title="Parameters">
            {shown.parameters.length === 0 ? (
              <Text>It takes none.</Text>
            ) : (
              <ParameterTable parameters={shown.parameters} />
            )}
            {shown.areParametersCut && (
              <Text>
                Shortened here.{" "}
                <Whole href={`${href}.json`}>
                  {`All ${parameters.total} parameters with everything in them, as JSON`}
                </Whole>
              </Text>
            )}
          </Part>
          <Part id="questions" title={`Questions about ${tool.name}`}>
            <QuestionList questions={text.questions} />
          </Part>
        </Prose>
        <aside
          aria-label="Versions and related tools"
          className="grid content-start gap-6 text-sm [&_h2]:mb-2 [&_h2]:font-medium"
        >
          {versions.length > 1 && (
            <section aria-labelledby="versions">
              <h2 id="versions">Versions</h2>
              <VersionList versions={versions} />
            </section>
          )}
          {related.length > 0 && (
            <section aria-labelledby="related">
              <h2 id="related">Related tools</h2>
              <RelatedList server={server.slug} tools={related} />
            </section>
          )}
        </aside>
      </div>
    </article>
  );
}

/** What a page had no room for; a file, so no link of the router. */
function Whole({ href, children }: { href: string; children: string }) {
  return (
    <a className="text-accent underline" href={href}>
      {children}
    </a>
  );
}

function Misplaced(misplaced: MisplacedTool) {
  const { tool, server, title, sentence } = misplaced;
  return (
    <article className="grid gap-4">
      <h1 className="break-all font-mono font-semibold text-xl">{tool}</h1>
      <p className="wrap-anywhere max-w-[72ch] text-base leading-relaxed">{sentence}</p>
      <ButtonLink href={toolHref(server, tool)} className="w-fit">
        {tool} of {title}
      </ButtonLink>
    </article>
  );
}
