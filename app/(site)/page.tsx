import type { Metadata } from "next";
import { CatalogueSearchForm } from "#components/catalog/search-form.tsx";
import { Screenshot } from "#components/site/screenshot.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import { listCatalogueServers } from "#lib/catalogue/read.ts";
import { currentUser } from "#lib/web/session.ts";

export const metadata: Metadata = {
  title: { absolute: "Callgate: every MCP tool call, decided before it runs" },
  description:
    "The open gate between AI agents and the MCP servers they use: allow, deny, rate-limit, require approval or hide, tool by tool, with a record of every call.",
  alternates: { canonical: "/" },
};

const promises = [
  {
    title: "Exact",
    text: "A limit of ten is never eleven, over any number of proxies. An approval is for one call with those arguments, once. What cannot be decided is denied.",
  },
  {
    title: "On the record",
    text: "One transaction proves each call and writes it down before the first byte goes on. No record, no call.",
  },
  {
    title: "Yours",
    text: "Open source, self-hosted, one Postgres. Upstream secrets are sealed so that the dashboard itself cannot read them.",
  },
];

export default async function LandingPage() {
  const [servers, user] = await Promise.all([listCatalogueServers(), currentUser()]);
  const tools = servers.reduce((sum, server) => sum + server.tools, 0);
  return (
    <div className="grid gap-12">
      {/* Not centred: the picture may arrive later than the words, and would move them. */}
      <div className="grid items-start gap-10 lg:grid-cols-[5fr_6fr]">
        <div className="grid min-w-0 gap-5">
          <h1 className="text-balance font-semibold text-2xl tracking-tight sm:text-[2.5rem] sm:leading-[1.1]">
            Every tool call, decided before it runs
          </h1>
          <p className="max-w-[56ch] text-lg text-muted">
            Callgate stands between AI agents and the MCP servers they use. Register a server, set
            one rule for each tool, give your agents the proxy URL: from then on every call is
            decided and recorded before it reaches the server.
          </p>
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
            <p className="text-muted text-sm">
              Run it from a checkout, with nothing else installed:
            </p>
            <CodeBlock code="npm start" what="command" title="In the checkout" wrap />
          </div>
        </div>
        <Screenshot />
      </div>
      <section aria-labelledby="catalogue" className="grid gap-3">
        <h2 id="catalogue" className="font-semibold text-lg">
          What can your agents’ tools do?
        </h2>
        <p className="max-w-[72ch] text-base text-muted">
          {tools.toLocaleString("en")} tools of {servers.length} MCP servers, each with its risk and
          the reason for it.{" "}
          <Link className="text-accent underline" href="/catalog">
            See all servers
          </Link>
        </p>
        <CatalogueSearchForm values={{ query: "", server: "", category: "", riskClass: "" }} />
      </section>
      <ul className="grid gap-8 sm:grid-cols-3">
        {promises.map(({ title, text }) => (
          <li key={title} className="grid content-start gap-1 border-t pt-4">
            <h2 className="font-medium text-base">{title}</h2>
            <p className="text-base text-muted">{text}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
