import { listMessages } from "#lib/contact/contact.ts";
import { defineCommand } from "../command.ts";
import { readNumber } from "../input.ts";
import { printable, printableLines } from "../output.ts";

export const commands = [
  defineCommand({
    name: "contact list",
    summary: "Show what people wrote on the contact page, newest first",
    options: { limit: { value: "N", help: "How many; 50 unless given" } },
    json: "[{id, at, name, email, message, mailedAt}]",
    async run({ limit }) {
      const messages = await listMessages(readNumber("limit", limit) ?? 50);
      const text = messages.map(({ at, name, email, message, mailedAt }) => {
        const head = `${at.toISOString()}  ${printable(name)} <${printable(email)}>`;
        return `${head}${mailedAt === null ? "" : "  (mailed)"}\n${printableLines(message)}`;
      });
      return {
        json: messages,
        text: text.length === 0 ? "Nobody has written yet." : text.join("\n\n"),
      };
    },
  }),
];
