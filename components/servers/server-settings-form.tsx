"use client";

import { useState } from "react";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { TextField } from "#components/ui/field.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionError } from "#lib/errors.ts";
import { addressFields, type Connector } from "#lib/servers/connectors.ts";
import type { StrippableCapability } from "#lib/servers/schema.ts";
import { AgentCapabilities } from "./agent-capabilities.tsx";
import { ConnectorFields, type FieldValues, startValues } from "./connector-fields.tsx";
import { type HeaderDraft, HeaderFields, headerOf } from "./header-fields.tsx";

export interface ServerSettingsFormProps {
  server: {
    slug: string;
    name: string;
    url: string | null;
    settings: Record<string, unknown>;
    secretNames: readonly string[];
    strippedCapabilities: readonly StrippableCapability[];
  };
  connector: Connector | undefined;
  updateServer: Action<unknown>;
}

/** Name and connection of a server; secrets can be replaced, never read. */
export function ServerSettingsForm({ server, connector, updateServer }: ServerSettingsFormProps) {
  const [name, setName] = useState(server.name);
  const [url, setUrl] = useState(server.url ?? "");
  const [headers, setHeaders] = useState<HeaderDraft[]>(() => storedHeaders(server.secretNames));
  const stored = connector ? startValues(connector, server.settings) : {};
  const [settings, setSettings] = useState<FieldValues>(stored);
  const [stripped, setStripped] = useState([...server.strippedCapabilities]);
  const [error, setError] = useState<ActionError | null>(null);
  const [pending, setPending] = useState(false);

  /** What of the connection changed: one that is left alone stays tested. */
  function connection() {
    if (connector) {
      return isSame(settings, stored) ? {} : { settings };
    }
    const sent = headers.filter((header) => header.name !== "").map(headerOf);
    const known = storedHeaders(server.secretNames).map(headerOf);
    return {
      ...(url !== server.url && { url }),
      ...(!isSame(sent, known) && { headers: sent }),
    };
  }

  const addresses = connector ? addressFields(connector) : [];
  const hasMoved = connector
    ? addresses.some((field) => settings[field.name] !== stored[field.name])
    : url !== server.url;

  async function save() {
    setPending(true);
    setError(null);
    const changed = connection();
    const saved = await runAction(updateServer, {
      server: server.slug,
      name,
      ...(!isSame(stripped.toSorted(), server.strippedCapabilities.toSorted()) && {
        strippedCapabilities: stripped,
      }),
      ...changed,
    });
    setPending(false);
    if (!saved.ok) return setError(saved.error);
    showToast({
      title: `${name} is saved`,
      ...(Object.keys(changed).length > 0 && {
        description: hasMoved
          ? "Its tools are held. Read them again, then review what it offers there."
          : "Read its tools again to see whether the connection works.",
      }),
    });
  }

  const errors = fieldMessages(error);
  return (
    <Card className="p-4 sm:p-5">
      <form
        noValidate
        aria-label="Connection"
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) void save();
        }}
      >
        <FormError error={error} />
        <TextField
          name="name"
          label="Name"
          required
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={errors.name}
        />
        {connector ? (
          <>
            <ConnectorFields
              connector={connector}
              values={settings}
              onChange={setSettings}
              errors={errors}
              stored={server.secretNames}
            />
            {addresses.length > 0 && (
              <p className="text-muted text-sm">
                {movedHelp(`A new ${words(addresses.map(({ label }) => label.toLowerCase()))}`)}
              </p>
            )}
          </>
        ) : (
          <>
            <TextField
              name="url"
              label="URL"
              type="url"
              mono
              required
              spellCheck={false}
              help={movedHelp("A new URL")}
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              error={errors.url}
            />
            <HeaderFields headers={headers} onChange={setHeaders} errors={errors} />
          </>
        )}
        <AgentCapabilities stripped={stripped} onChange={setStripped} />
        <div className="flex gap-2 border-t pt-4">
          <Button type="submit" variant="primary" pending={pending} pendingText="Saving">
            Save changes
          </Button>
        </div>
      </form>
    </Card>
  );
}

function movedHelp(what: string): string {
  return `${what} wants the secrets again, and its tools are held until somebody accepts them.`;
}

/** "host, port or user". */
function words(list: readonly string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(list).replace(/, or /, " or ");
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function storedHeaders(secretNames: readonly string[]): HeaderDraft[] {
  return secretNames
    .filter((name) => name.startsWith("header:"))
    .map((name) => ({
      key: name,
      name: name.slice("header:".length),
      value: "",
      stored: true,
      bearer: false,
    }));
}
