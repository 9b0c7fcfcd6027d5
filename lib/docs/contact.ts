import { type DocumentDetail, text } from "./document.ts";

/** How to reach whoever runs this Callgate. */
export function contactDocument(): DocumentDetail {
  return {
    path: "/contact",
    title: "Contact",
    description: "Ask a question about Callgate, the catalogue, or a tool that is missing.",
    lead: "A question, a server that is missing from the catalogue, or a class you think is wrong: write to whoever runs this Callgate.",
    parts: [
      {
        id: "form",
        title: "The form",
        blocks: [
          text(
            "The page is a form with three fields: name, e-mail and message. The e-mail address is used for the answer and nothing else.",
          ),
        ],
      },
    ],
  };
}
