import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metadata } from "next";
import { Part, Text } from "#components/catalog/prose.tsx";
import { DocPage } from "#components/docs/doc-page.tsx";
import { FieldTable } from "#components/docs/field-table.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { readSettings } from "#lib/docs/settings.ts";

export const metadata: Metadata = {
  title: "Operations",
  description:
    "Running Callgate: settings, several proxies, backup, upgrades, and what to look at first.",
  alternates: { canonical: "/docs/operations" },
};

export default function OperationsPage() {
  const settings = readSettings(readFileSync(join(process.cwd(), ".env.example"), "utf8"));
  return (
    <DocPage
      current="/docs/operations"
      title="Operations"
      lead="Two processes and one Postgres. Everything that must not be lost is in the database, but for one key."
    >
      <Part id="settings" title="Settings">
        <Text>All by the environment; .env.example in the checkout says the same.</Text>
        <FieldTable
          label="Settings"
          fields={settings.map(({ names, text }) => ({
            name: names,
            type: text,
            required: false,
          }))}
        />
      </Part>
      <Part id="database" title="Database">
        <Text>
          Any Postgres from 15 on, by DATABASE_URL; without it one is embedded in DATA_DIR, for
          trying out and for small installations. Migrations run at start. The record of calls is
          partitioned by month, so old months can be detached and archived as a whole.
        </Text>
      </Part>
      <Part id="backup" title="Backup">
        <Text>
          Back up the database, and proxy.key in DATA_DIR (or your PROXY_SEALING_KEY): without that
          key the stored upstream credentials cannot be opened and have to be entered again. Nothing
          else is kept outside the database.
        </Text>
      </Part>
      <Part id="accounts" title="Accounts">
        <Text>
          The first account is made at /signup without a mail. With SMTP_URL and SMTP_FROM set,
          others sign up, sign in and replace a forgotten password by a link that the proxy mails
          them; it works once, for an hour. Without a mail server sign-up is closed: add people on
          the command line. Either way nobody learns who has an account; SIGN_UP=open gives that up.
        </Text>
        <CodeBlock
          code="npx callgate user create --email ada@example.com"
          what="command"
          title="In the checkout; the password is read from standard input"
        />
      </Part>
      <Part id="several" title="Several proxies">
        <Text>
          Run as many as you like on one database, all with the same PROXY_SEALING_KEY, behind any
          balancer: limits, approvals and revocations hold over all of them. Sessions of connectors
          live in one proxy, and the others hand requests on to it by PROXY_PEER_URL. Take a proxy
          out with SIGTERM: /healthz answers 503, running calls end, then the process does.
        </Text>
      </Part>
      <Part id="upgrade" title="Upgrades">
        <Text>
          Stop, update the checkout, start. Migrations are only ever added to; take a backup first.
        </Text>
      </Part>
      <Part id="trouble" title="When something is wrong">
        <CodeBlock code="npx callgate doctor" what="command" title="In the checkout" />
        <Text>
          It checks the machine, the database, the keys and both processes, and says for each
          finding what to do. A proxy without its database refuses every call with 503: it never
          forwards what it cannot record.
        </Text>
      </Part>
    </DocPage>
  );
}
