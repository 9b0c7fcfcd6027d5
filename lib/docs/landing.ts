import { countCatalogue } from "#lib/catalogue/lists.ts";
import { type DocumentDetail, type PartDetail, text } from "./document.ts";

export const startCommand = "npm start";

/** What Callgate is, in one screen: how to start, what the catalogue holds, then three promises. */
export async function landing(): Promise<DocumentDetail> {
  const { servers, tools } = await countCatalogue();
  return {
    path: "/",
    title: "Every tool call, decided before it runs",
    description:
      "The open gate between AI agents and the MCP servers they use: allow, deny, rate-limit, require approval or hide, tool by tool, with a record of every call.",
    lead: "Callgate stands between AI agents and the MCP servers they use. Register a server, set one rule for each tool, give your agents the proxy URL: from then on every call is decided and recorded before it reaches the server.",
    parts: [
      {
        id: "run",
        title: "Run it",
        blocks: [
          text("Run it from a checkout, with nothing else installed:"),
          {
            kind: "code",
            code: startCommand,
            language: "shell",
            what: "command",
            title: "In the checkout",
          },
        ],
      },
      {
        id: "catalogue",
        title: "What can your agents’ tools do?",
        blocks: [
          text(
            `${tools.toLocaleString("en")} tools of ${servers} MCP servers, each with its risk and the reason for it.`,
          ),
        ],
      },
      {
        id: "exact",
        title: "Exact",
        blocks: [
          text(
            "A limit of ten is never eleven, over any number of proxies. An approval is for one call with those arguments, once. What cannot be decided is denied.",
          ),
        ],
      },
      {
        id: "on-the-record",
        title: "On the record",
        blocks: [
          text(
            "One transaction proves each call and writes it down before the first byte goes on. No record, no call.",
          ),
        ],
      },
      {
        id: "yours",
        title: "Yours",
        blocks: [
          text(
            "Open source, self-hosted, one Postgres. Upstream secrets are sealed so that the dashboard itself cannot read them.",
          ),
        ],
      },
    ],
  };
}

/** The words of a part's first text. */
export function wordsOf(part: PartDetail | undefined): string {
  const first = part?.blocks.find((block) => block.kind === "text");
  return first?.text ?? "";
}
