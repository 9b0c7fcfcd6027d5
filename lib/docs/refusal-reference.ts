import { type DocumentDetail, text } from "./document.ts";
import { refusals } from "./refusals.ts";

/** Every refusal an agent can receive, and what to do. */
export function refusalReference(): DocumentDetail {
  return {
    path: "/docs/refusals",
    title: "Refusals",
    description:
      "Every answer an agent can get from Callgate instead of its server’s, what it means and what to do.",
    lead: "What an agent reads when a call does not go through. Each text says what was refused, why, and whether to try again; programs read the same in _meta under dev.callgate/decision.",
    parts: refusals.map(({ id, title, form, example, means, what }) => ({
      id,
      title,
      blocks: [
        { kind: "note", text: form },
        { kind: "quote", text: example },
        text(means),
        text(what),
      ],
    })),
  };
}
