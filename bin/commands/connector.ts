import { CONNECTORS } from "#lib/servers/connectors.ts";
import { defineCommand } from "../command.ts";
import { table } from "../output.ts";

export const commands = [
  defineCommand({
    name: "connector list",
    summary: "Show the vetted recipes that start a stdio server, and what each asks for",
    options: {},
    offline: true,
    json: "[{id, title, package, version, fields}]",
    async run() {
      const json = CONNECTORS.map(({ id, title, package: name, version, fields }) => {
        return { id, title, package: name, version, fields };
      });
      const listed = CONNECTORS.map((connector) => [
        connector.id,
        connector.title,
        connector.package,
        connector.version,
      ]);
      const fields = CONNECTORS.flatMap((connector) =>
        connector.fields.map((field) => [
          connector.id,
          field.name,
          field.required ? "required" : field.default === null ? "" : `default ${field.default}`,
          field.help,
        ]),
      );
      const text = [
        table(["ID", "TITLE", "PACKAGE", "VERSION"], listed),
        table(["CONNECTOR", "--set NAME=…", "", "MEANING"], fields),
      ].join("\n\n");
      return { json, text };
    },
  }),
];
