import { importCatalogue } from "#lib/catalogue/import.ts";
import { defineCommand } from "../command.ts";

export const commands = [
  defineCommand({
    name: "catalog import",
    summary: "Bring the public catalogue in line with catalog/recorded",
    options: {},
    notes: "npm start does this by itself. It can be run again at any time.",
    json: "{servers, tools, unchanged}",
    async run() {
      const imported = await importCatalogue();
      const { servers, tools, unchanged } = imported;
      return {
        json: imported,
        text: `${tools} tools of ${servers} servers; ${unchanged} servers were as before.`,
      };
    },
  }),
];
