import type { Metadata } from "next";
import { EvidenceList } from "#components/catalog/evidence-list.tsx";
import { registerHref, serverHref, toolHref } from "#components/catalog/hrefs.ts";
import { ParameterTable } from "#components/catalog/parameter-table.tsx";
import { Part, Text } from "#components/catalog/prose.tsx";
import { QuestionList } from "#components/catalog/question-list.tsx";
import { parametersText } from "#components/catalog/tool-list.tsx";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Facts } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SIGNAL_TEXT } from "#lib/catalog/describe.ts";
import { parameterSummary } from "#lib/catalog/parameters.ts";
import { SIGNALS } from "#lib/catalog/types.ts";
import { livesElsewhere } from "#lib/catalogue/elsewhere.ts";
import { ecosystemName, type ToolText } from "#lib/catalogue/tool-text.ts";
import { decoded, readToolText } from "../../read.ts";

type Props = PageProps<"/catalog/[server]/[tool]">;

async function read(params: Props["params"]) {
  const { server, tool } = await params;
  return readToolText(server, tool);
}

/** A tool that people look for under this server and that lives in another. */
async function findMisplaced(params: Props["params"]) {
  const { server, tool } = await params;
  return livesElsewhere(server).find((each) => each.tool === decoded(tool));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const misplaced = await findMisplaced(params);
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
  const misplaced = await findMisplaced(params);
  if (misplaced) return <Misplaced {...misplaced} />;
  const { page, text } = await read(params);
  const { server, tool, related, versions } = page;
  const parameters = parameterSummary(tool.definition.inputSchema);
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
        description={text.description?.split("\n", 1)[0] ?? text.summary}
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
            <Facts
              items={[
                {
                  term: "Server",
                  value: (
                    <Link className="text-accent underline" href={serverHref(server.slug)}>
                      {server.title}
                    </Link>
                  ),
                },
                {
                  term: "Package",
                  value: <span className="break-words font-mono">{server.package}</span>,
                },
                { term: "Category", value: <CategoryLabel category={tool.category} /> },
                { term: "Risk class", value: <RiskMeter risk={tool.riskClass} /> },
                { term: "Parameters", value: parametersText(tool) },
                { term: "Confidence", value: `${Math.round(tool.confidence * 100)} %` },
                { term: "Context cost", value: `About ${tool.tokens.toLocaleString("en")} tokens` },
                {
                  term: "Seen in",
                  value: (
                    <>
                      {server.version} on {ecosystemName(server.ecosystem)},{" "}
                      <span className="whitespace-nowrap">{server.recordedAt}</span>
                    </>
                  ),
                },
              ]}
            />
          </div>
        </aside>
        <div className="grid min-w-0 content-start gap-8 lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <Part id="what" title={`What ${tool.name} does on ${server.title}`}>
            <Text>{text.does}</Text>
            {text.description !== null && (
              <details
                className="group rounded border text-sm"
                open={text.description.length < 600}
              >
                <summary className="px-3 py-2 text-muted">The server’s own description</summary>
                <blockquote className="max-w-[80ch] whitespace-pre-line break-words px-3 pb-3">
                  {text.description}
                </blockquote>
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
            {parameters.list.length === 0 ? (
              <Text>It takes none.</Text>
            ) : (
              <ParameterTable parameters={parameters.list} />
            )}
          </Part>
          <Part id="questions" title={`Questions about ${tool.name}`}>
            <QuestionList questions={text.questions} />
          </Part>
        </div>
        <aside aria-label="Versions and related tools" className="grid content-start gap-6">
          {versions.length > 1 && (
            <section aria-labelledby="versions" className="grid gap-2 text-sm">
              <h2 id="versions" className="font-medium">
                Versions
              </h2>
              <ul className="grid gap-1">
                {versions.map(({ version, recordedAt, changed }) => (
                  <li key={version} className="flex justify-between gap-3">
                    <span>
                      {version} <span className="whitespace-nowrap text-muted">{recordedAt}</span>
                    </span>
                    <span className="text-muted">
                      {changed ? "definition changed" : "as before"}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {related.length > 0 && (
            <section aria-labelledby="related" className="grid gap-2 text-sm">
              <h2 id="related" className="font-medium">
                Related tools
              </h2>
              <ul className="grid gap-1">
                {related.map((other) => (
                  <li key={other.name} className="flex items-center justify-between gap-3">
                    <Link
                      className="min-w-0 truncate rounded font-mono text-accent"
                      href={toolHref(server.slug, other.name)}
                    >
                      {other.name}
                    </Link>
                    <RiskMeter risk={other.riskClass} />
                  </li>
                ))}
              </ul>
            </section>
          )}
        </aside>
      </div>
    </article>
  );
}

function Misplaced({ tool, server, title }: { tool: string; server: string; title: string }) {
  return (
    <article className="grid gap-4">
      <h1 className="break-all font-mono font-semibold text-xl">{tool}</h1>
      <Text>
        Some catalogues list {tool} under AWS Labs Valkey, but no recorded version of that server
        has it: it is a tool of {title}.
      </Text>
      <ButtonLink href={toolHref(server, tool)} className="w-fit">
        {tool} of {title}
      </ButtonLink>
    </article>
  );
}

/** The questions once more, as JSON-LD. */
function QuestionsForMachines({ questions }: { questions: ToolText["questions"] }) {
  const data = {
    "@context": "https://schema.org",
    "@type": "FAQPage",
    mainEntity: questions.map(({ question, answer }) => ({
      "@type": "Question",
      name: question,
      acceptedAnswer: { "@type": "Answer", text: answer },
    })),
  };
  // A server's words must not end the script they stand in.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: data, escaped above; JSON-LD knows no other way
    <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: json }} />
  );
}
