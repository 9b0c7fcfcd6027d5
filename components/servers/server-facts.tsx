import { Card, Facts } from "#components/ui/card.tsx";
import type { ServerDetail } from "#lib/servers/servers.ts";
import { transportText } from "./transport-text.ts";

/** The connection as people see it who may not change it; of secrets only the names. */
export function ServerFacts({ server }: { server: ServerDetail }) {
  return (
    <Card className="p-4">
      <Facts
        items={[
          { term: "Name", value: server.name },
          server.url === null
            ? { term: "Connector", value: server.connector }
            : { term: "URL", value: <span className="font-mono">{server.url}</span> },
          {
            term: "Secrets",
            value:
              server.secretNames.map((name) => name.replace(/^(header|field):/, "")).join(", ") ||
              "none",
          },
          { term: "Protocol", value: server.protocolRevisions.join(", ") || "not known yet" },
          { term: "Transport", value: transportText(server.transport) ?? "not known yet" },
        ]}
      />
    </Card>
  );
}
