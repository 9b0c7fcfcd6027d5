import type { Metadata } from "next";
import { ClassCounts } from "#components/catalog/class-counts.tsx";
import { FactList } from "#components/catalog/fact-list.tsx";
import { registerHref, serverHref, toolHref } from "#components/catalog/hrefs.ts";
import { PageLinks } from "#components/catalog/page-links.tsx";
import { PolicyBlock } from "#components/catalog/policy-block.tsx";
import { Part, Prose, Text } from "#components/catalog/prose.tsx";
import { ToolList } from "#components/catalog/tool-list.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { livesElsewhere } from "#lib/catalogue/elsewhere.ts";
import { ecosystemName } from "#lib/catalogue/tool-text.ts";
import { pageOf } from "../query.ts";
import { readServer } from "../read.ts";

/** In characters; of about 350 tools. */
const policyShown = 25_000;

export async function generateMetadata({
  params,
  searchParams,
}: PageProps<"/catalog/[server]">): Promise<Metadata> {
  const { server, summary, page } = await readServer(
    (await params).server,
    pageOf(await searchParams),
  );
  return {
    title: `${server.title} MCP server: ${summary.tools} tools by risk`,
    description: `${server.summary} ${summary.tools} tools of ${server.package} ${server.version} with category, risk class and a proposed policy.`,
    alternates: {
      canonical: pageHref(server.slug, page),
      types: {
        "text/markdown": `/catalog/${server.slug}.md`,
        "application/json": `/catalog/${server.slug}.json`,
      },
    },
  };
}

export default async function CatalogueServerPage({
  params,
  searchParams,
}: PageProps<"/catalog/[server]">) {
  const { server, summary, policy, tools, page, pages } = await readServer(
    (await params).server,
    pageOf(await searchParams),
  );
  const { slug } = server;
  return (
    <article className="grid gap-8">
      <PageHeader
        title={server.title}
        breadcrumbs={[{ label: "Catalogue", href: "/catalog" }]}
        description={server.summary}
        action={
          <ButtonLink href={registerHref(server.slug)} variant="primary">
            Use in Callgate
          </ButtonLink>
        }
      />
      <div className="grid gap-8 lg:grid-cols-[1fr_20rem]">
        {/* First in the source too, so that nothing is pushed down while the page arrives. */}
        <aside className="grid content-start gap-4 lg:col-start-2">
          <div className="grid gap-4 rounded border bg-raised p-4">
            <ClassCounts classes={summary.classes} />
            <FactList
              items={[
                { term: "Package", value: <span className="font-mono">{server.package}</span> },
                { term: "Registry", value: ecosystemName(server.ecosystem) },
                { term: "Version", value: server.version },
                { term: "Seen", value: server.recordedAt },
                ...(server.license === null ? [] : [{ term: "License", value: server.license }]),
                {
                  term: "Context cost",
                  value: `About ${summary.tokens.toLocaleString("en")} tokens for all definitions`,
                },
                {
                  term: "Started with",
                  value: <span className="break-all font-mono">{server.command}</span>,
                },
              ]}
            />
            {server.homepage !== null && (
              <a
                href={server.homepage}
                rel="noreferrer nofollow"
                className="w-fit rounded text-accent text-sm underline"
              >
                Homepage of {server.title}
              </a>
            )}
          </div>
        </aside>
        <Prose className="lg:col-start-1 lg:row-start-1">
          <Part id="tools" title="Tools, the most dangerous first">
            <ToolList
              label={`Tools of ${server.title}`}
              tools={tools.map((tool) => ({ ...tool, server: slug, serverTitle: null }))}
            />
            <PageLinks
              what="tools"
              page={page}
              pages={pages}
              href={(each) => pageHref(slug, each)}
            />
            {pages > 1 && (
              <Text>
                <Link className="text-accent underline" href={`/catalog?server=${slug}`}>
                  Search all {summary.tools.toLocaleString("en")} tools
                </Link>
              </Text>
            )}
            {livesElsewhere(slug).map(({ tool, server: home, title }) => (
              <Text key={tool}>
                Looking for <span className="font-mono">{tool}</span>? Some catalogues list it here.
                It is a tool of{" "}
                <Link className="text-accent underline" href={toolHref(home, tool)}>
                  {title}
                </Link>
                ; no recorded version of this server has it.
              </Text>
            ))}
          </Part>
          <Part id="policy" title="Proposed policy">
            <Text>
              A policy to begin with: what no rule speaks of is denied, reads are allowed, writes
              limited, and what cannot be undone waits for a person.
            </Text>
            {policy.length > policyShown ? (
              <Text>
                For so many tools it is too long to show: it stands in{" "}
                <a className="text-accent underline" href={`/catalog/${slug}.md`}>
                  this page as Markdown
                </a>
                .
              </Text>
            ) : (
              <PolicyBlock policy={policy} />
            )}
          </Part>
        </Prose>
      </div>
    </article>
  );
}

function pageHref(server: string, page: number): string {
  return page === 1 ? serverHref(server) : `${serverHref(server)}?page=${page}`;
}
