import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DocumentDetail, text } from "./document.ts";
import { readSettings } from "./settings.ts";

/** What the person who runs Callgate has to know. */
export function operations(): DocumentDetail {
  const settings = readSettings(readFileSync(join(process.cwd(), ".env.example"), "utf8"));
  return {
    path: "/docs/operations",
    title: "Operations",
    description:
      "Running Callgate: settings, several proxies, backup, upgrades, and what to look at first.",
    lead: "Two processes and one Postgres. Everything that must not be lost is in the database, but for one key.",
    parts: [
      {
        id: "settings",
        title: "Settings",
        blocks: [
          text("All by the environment; .env.example in the checkout says the same."),
          {
            kind: "fields",
            label: "Settings",
            fields: settings.map(({ names, text: type }) => ({ names, type, required: false })),
          },
        ],
      },
      {
        id: "database",
        title: "Database",
        blocks: [
          text(
            "Any Postgres from 15 on, by DATABASE_URL; without it one is embedded in DATA_DIR, for trying out and for small installations. Migrations run at start. The record of calls is partitioned by month, so old months can be detached and archived as a whole.",
          ),
        ],
      },
      {
        id: "refused",
        title: "Requests that no rule judged",
        blocks: [
          text(
            "What an agent sends that is broken, too large, or not its own to ask for is refused before a rule could judge it, and is not in the record of calls: it is counted by the hour on the agent’s page, with the reason and the last answer, for 90 days. What is refused before the agent is known, such as a request without a token, is one line a minute in the proxy’s log, requests refused before authentication, with a count for each reason.",
          ),
        ],
      },
      {
        id: "backup",
        title: "Backup",
        blocks: [
          text(
            "Back up the database, and proxy.key in DATA_DIR (or your PROXY_SEALING_KEY): without that key the stored upstream credentials cannot be opened and have to be entered again. Nothing else is kept outside the database.",
          ),
        ],
      },
      {
        id: "accounts",
        title: "Accounts",
        blocks: [
          text(
            "The first account is made at /signup without a mail. With SMTP_URL and SMTP_FROM set, others sign up, sign in and replace a forgotten password by a link that the proxy mails them; it works once, for an hour. Without a mail server sign-up is closed: add people on the command line. Either way nobody learns who has an account; SIGN_UP=open gives that up.",
          ),
          {
            kind: "code",
            code: "npx callgate user create --email ada@example.com",
            language: "shell",
            what: "command",
            title: "In the checkout; the password is read from standard input",
          },
        ],
      },
      {
        id: "several",
        title: "Several proxies",
        blocks: [
          text(
            "Run as many as you like on one database, all with the same PROXY_SEALING_KEY, behind any balancer: limits, approvals and revocations hold over all of them. Sessions of connectors live in one proxy, and the others hand requests on to it by PROXY_PEER_URL. Take a proxy out with SIGTERM: /healthz answers 503, running calls end, then the process does.",
          ),
        ],
      },
      {
        id: "upgrade",
        title: "Upgrades",
        blocks: [
          text(
            "Stop, update the checkout, start. Migrations are only ever added to; take a backup first.",
          ),
        ],
      },
      {
        id: "trouble",
        title: "When something is wrong",
        blocks: [
          {
            kind: "code",
            code: "npx callgate doctor",
            language: "shell",
            what: "command",
            title: "In the checkout",
          },
          text(
            "It checks the machine, the database, the keys and both processes, and says for each finding what to do. A proxy without its database refuses every call with 503: it never forwards what it cannot record.",
          ),
        ],
      },
    ],
  };
}
