import type { Metadata } from "next";
import { cache } from "react";
import { CatalogueSearchForm } from "#components/catalog/search-form.tsx";
import { Screenshot } from "#components/site/screenshot.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import { landing, startCommand, wordsOf } from "#lib/docs/landing.ts";
import { currentUser } from "#lib/web/session.ts";
import { metadataOf } from "./metadata.ts";

const readLanding = cache(landing);

export async function generateMetadata(): Promise<Metadata> {
  const title = "Callgate: every MCP tool call, decided before it runs";
  return { ...metadataOf(await readLanding()), title: { absolute: title } };
}

export default async function LandingPage() {
  const [page, user] = await Promise.all([readLanding(), currentUser()]);
  const [run, catalogue, ...promises] = page.parts;
  return (
    <div className="grid gap-12">
      {/* Not centred: the picture may arrive later than the words, and would move them. */}
      <div className="grid items-start gap-10 lg:grid-cols-[5fr_6fr]">
        <div className="grid min-w-0 gap-5">
          <h1 className="text-balance font-semibold text-2xl tracking-tight sm:text-[2.5rem] sm:leading-[1.1]">
            {page.title}
          </h1>
          <p className="max-w-[56ch] text-lg text-muted">{page.lead}</p>
          <div className="flex flex-wrap gap-2">
            {user === null ? (
              <ButtonLink href="/signup" variant="primary" size="large">
                Create account
              </ButtonLink>
            ) : (
              <ButtonLink href="/orgs" variant="primary" size="large">
                Open dashboard
              </ButtonLink>
            )}
            <ButtonLink href="/docs" size="large">
              Read the docs
            </ButtonLink>
          </div>
          <div className="grid max-w-110 gap-1.5">
            <p className="text-muted text-sm">{wordsOf(run)}</p>
            <CodeBlock code={startCommand} what="command" title="In the checkout" wrap />
          </div>
        </div>
        <Screenshot />
      </div>
      <section aria-labelledby="catalogue" className="grid gap-3">
        <h2 id="catalogue" className="font-semibold text-lg">
          {catalogue?.title}
        </h2>
        <p className="max-w-[72ch] text-base text-muted">
          {wordsOf(catalogue)}{" "}
          <Link className="text-accent underline" href="/catalog">
            See all servers
          </Link>
        </p>
        <CatalogueSearchForm values={{ query: "", server: "", category: "", riskClass: "" }} />
      </section>
      <ul className="grid gap-8 sm:grid-cols-3">
        {promises.map((promise) => (
          <li key={promise.id} className="grid content-start gap-1 border-t pt-4">
            <h2 className="font-medium text-base">{promise.title}</h2>
            <p className="text-base text-muted">{wordsOf(promise)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
