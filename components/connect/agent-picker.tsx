"use client";

import { useState } from "react";
import { expiryDays, type IssuedToken } from "#components/agents/agent-types.ts";
import { AgentNameField, ExpiryField } from "#components/agents/token-fields.tsx";
import { fieldMessages } from "#components/forms/field-messages.ts";
import { FormError } from "#components/forms/form-error.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { SelectField } from "#components/ui/field.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import type { ActionError, ActionResult } from "#lib/errors.ts";

export interface ConnectAgent {
  name: string;
  /** Slugs of the servers it may use. */
  servers: readonly string[];
  last4: string | null;
}

/** An agent that may use the server; `token` is null when it cannot be shown any more. */
export interface ReadyAgent {
  name: string;
  token: string | null;
  /** Calls from this moment on count as the first one; ISO 8601. */
  since: string;
}

export interface AgentPickerProps {
  server: { slug: string };
  agents: readonly ConnectAgent[];
  canWrite: boolean;
  openedAt: string;
  createAgent: Action<IssuedToken>;
  rotateAgent: Action<IssuedToken>;
  grantServers: Action<unknown>;
  onReady: (agent: ReadyAgent) => void;
}

/** A new agent, or one that exists: given access if it has none, with a new token if wanted. */
export function AgentPicker(props: AgentPickerProps) {
  const { server, agents, canWrite } = props;
  const [mode, setMode] = useState<"new" | "existing">(canWrite ? "new" : "existing");
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState("90");
  const [chosen, setChosen] = useState(agents[0]?.name ?? "");
  const [error, setError] = useState<ActionError | null>(null);
  const [pending, setPending] = useState<"create" | "use" | "rotate" | null>(null);
  const errors = fieldMessages(error);
  const existing = agents.find((agent) => agent.name === chosen);
  const isGranted = existing?.servers.includes(server.slug) ?? false;

  async function run(
    what: "create" | "use" | "rotate",
    work: () => Promise<ActionResult<{ name: string; token: string | null }>>,
  ) {
    setPending(what);
    setError(null);
    const done = await work();
    setPending(null);
    if (!done.ok) return setError(done.error);
    props.onReady({ name: done.data.name, token: done.data.token, since: props.openedAt });
  }

  const create = () =>
    run("create", () =>
      runAction(props.createAgent, {
        name,
        servers: [server.slug],
        expiresInDays: expiryDays(expiry),
      }),
    );

  async function giveAccess(agent: ConnectAgent): Promise<ActionResult<unknown>> {
    if (agent.servers.includes(server.slug)) return { ok: true, data: null };
    const servers = [...agent.servers, server.slug];
    return runAction(props.grantServers, { agent: agent.name, servers });
  }

  const use = (agent: ConnectAgent, withNewToken: boolean) =>
    run(withNewToken ? "rotate" : "use", async () => {
      const granted = await giveAccess(agent);
      if (!granted.ok) return granted;
      if (!withNewToken) return { ok: true, data: { name: agent.name, token: null } };
      return runAction(props.rotateAgent, { agent: agent.name, expiresInDays: 90 });
    });

  if (!canWrite && agents.length === 0) {
    return (
      <p className="max-w-[72ch] text-muted text-sm">
        There is no agent yet, and your role may not create one. Ask an owner or admin of the org.
      </p>
    );
  }

  return (
    <Card className="grid gap-4 p-4 sm:p-5">
      {canWrite && agents.length > 0 && (
        <Segmented
          label="Which agent"
          options={[
            { value: "new", label: "New agent" },
            { value: "existing", label: "Existing agent" },
          ]}
          value={mode}
          onValueChange={setMode}
          className="justify-self-start"
        />
      )}
      <FormError error={error} />
      {mode === "new" ? (
        <form
          noValidate
          aria-label="New agent"
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (pending === null) void create();
          }}
        >
          <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
            <AgentNameField
              placeholder="alice-laptop"
              help="Its calls are recorded under this name."
              value={name}
              onChange={setName}
              error={errors.name}
            />
            <ExpiryField value={expiry} onChange={setExpiry} error={errors.expiresInDays} />
          </div>
          <Button
            type="submit"
            variant="primary"
            className="justify-self-start"
            pending={pending === "create"}
            pendingText="Creating the agent"
          >
            Create agent
          </Button>
        </form>
      ) : (
        <div className="grid gap-4">
          <SelectField
            name="agent"
            label="Agent"
            options={agents.map((agent) => ({
              value: agent.name,
              label: agent.servers.includes(server.slug)
                ? agent.name
                : `${agent.name} (no access yet)`,
            }))}
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
          />
          {existing && (
            <div className="flex flex-wrap gap-2">
              {(isGranted || canWrite) && (
                <Button
                  variant="primary"
                  pending={pending === "use"}
                  pendingText="Giving access"
                  onClick={() => void use(existing, false)}
                >
                  {isGranted ? "Use its present token" : "Give access"}
                </Button>
              )}
              {canWrite && (
                <Button
                  pending={pending === "rotate"}
                  pendingText="Rotating"
                  onClick={() => void use(existing, true)}
                >
                  {isGranted ? "Rotate its token" : "Give access and rotate its token"}
                </Button>
              )}
            </div>
          )}
          {existing && canWrite && existing.last4 !== null && (
            <p className="text-muted text-sm">
              Rotating shows a new token; the one that ends in{" "}
              <span className="font-mono text-xs">{existing.last4}</span> is refused from then on,
              in every place it is used.
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
