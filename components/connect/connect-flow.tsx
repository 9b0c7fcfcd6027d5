"use client";

import { Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { IssuedToken } from "#components/agents/agent-types.ts";
import type { Action } from "#components/run-action.ts";
import { cn } from "#components/ui/cn.ts";
import { SecretField } from "#components/ui/secret-field.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { AgentPicker, type ConnectAgent, type ReadyAgent } from "./agent-picker.tsx";
import { FirstCall } from "./first-call.tsx";
import { Snippets } from "./snippets.tsx";

export interface ConnectFlowProps {
  org: string;
  server: { slug: string; name: string; proxyUrl: string };
  /** The one URL for all servers of an agent. */
  aggregateUrl: string;
  agents: readonly ConnectAgent[];
  /** An agent that was chosen elsewhere. */
  preselected: string | null;
  /** Which servers the client reaches, until somebody chooses. */
  reach: Reach;
  canWrite: boolean;
  /** The server's clock when the page was made; ISO 8601. Calls after it count as the first. */
  openedAt: string;
  createAgent: Action<IssuedToken>;
  rotateAgent: Action<IssuedToken>;
  grantServers: Action<unknown>;
}

/** This server alone, or all that the agent may use. */
export type Reach = "one" | "all";

/** Which agent, its token once, the snippet for its client, then its first call as it comes in. */
export function ConnectFlow(props: ConnectFlowProps) {
  const { org, server, agents, preselected } = props;
  const [ready, setReady] = useState<ReadyAgent | null>(() => {
    const known = agents.find(({ name }) => name === preselected);
    if (!known?.servers.includes(server.slug)) return null;
    return { name: known.name, token: null, since: props.openedAt };
  });
  const [stored, setStored] = useState(false);
  const [isCalled, setIsCalled] = useState(false);
  const [reach, setReach] = useState<Reach>(props.reach);
  const mayLeave = ready !== null && (ready.token === null || stored);
  return (
    <div className="grid max-w-3xl gap-8">
      <Step number={1} title="Choose the agent" done={ready !== null}>
        {ready ? (
          <p className="flex flex-wrap items-center gap-x-3 text-sm">
            <span className="font-mono">{ready.name}</span>
            {mayLeave && (
              <button
                type="button"
                onClick={() => {
                  setReady(null);
                  setStored(false);
                  setIsCalled(false);
                }}
                className="rounded text-accent underline-offset-2 hover:underline"
              >
                Choose another
              </button>
            )}
          </p>
        ) : (
          <AgentPicker {...props} onReady={setReady} />
        )}
      </Step>
      <Step number={2} title="Configure its client" done={isCalled} isAhead={ready === null}>
        {ready && (
          <div className="grid min-w-0 gap-4">
            {ready.token === null ? (
              <p className="max-w-[72ch] text-muted text-sm">
                The token of {ready.name} was shown when it was made. Put it where the snippet says{" "}
                <code className="font-mono text-xs">{placeholder}</code>, or rotate the token on the
                agent's page to get a new one.
              </p>
            ) : (
              <SecretField
                label={`Token of ${ready.name}`}
                value={ready.token}
                help="The snippets below contain it."
                onStoredChange={setStored}
              />
            )}
            <Segmented
              label="Which servers the client reaches"
              options={[
                { value: "one", label: `Only ${server.slug}` },
                { value: "all", label: "All servers of this agent" },
              ]}
              value={reach}
              onValueChange={setReach}
            />
            {reach === "all" && (
              <p className="wrap-anywhere max-w-[72ch] text-muted text-sm">
                One URL for every server the agent may use:{" "}
                {named(reachedBy(ready.name, agents, server.slug))} now, and any that it is granted
                later. Each tool is named after its server, as{" "}
                <code className="break-all font-mono text-xs">{server.slug}__tool</code>, and that
                server's rules decide about it.
              </p>
            )}
            <Snippets
              serverSlug={reach === "one" ? server.slug : "callgate"}
              proxyUrl={reach === "one" ? server.proxyUrl : props.aggregateUrl}
              token={ready.token ?? placeholder}
            />
          </div>
        )}
      </Step>
      <Step number={3} title="Make a call" done={isCalled} isAhead={ready === null}>
        {ready && (
          <FirstCall
            key={ready.name}
            org={org}
            server={server.slug}
            agent={ready}
            onCall={() => setIsCalled(true)}
          />
        )}
      </Step>
    </div>
  );
}

const placeholder = "YOUR_TOKEN";
/** Servers named in a sentence; of more, the number. */
const mostNamed = 5;

function reachedBy(name: string, agents: readonly ConnectAgent[], slug: string): string[] {
  const granted = agents.find((agent) => agent.name === name)?.servers ?? [];
  return [...new Set([...granted, slug])].toSorted();
}

function named(slugs: readonly string[]): string {
  const shown = slugs.slice(0, mostNamed);
  const more = slugs.length - shown.length;
  const words = more > 0 ? [...shown, `${more} more`] : shown;
  return new Intl.ListFormat("en").format(words);
}

function Step(props: {
  number: number;
  title: string;
  done: boolean;
  isAhead?: boolean;
  children: ReactNode;
}) {
  const { number, title, done, isAhead = false, children } = props;
  return (
    <section aria-label={title} className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3 gap-y-3">
      <span
        aria-hidden="true"
        className={cn(
          "grid size-6 place-items-center rounded-full border border-edge bg-raised font-medium text-xs",
          done && "border-positive/40 bg-positive/10 text-positive",
          isAhead && "text-muted",
        )}
      >
        {done ? <Check className="size-3.5" /> : number}
      </span>
      <h2 className={cn("font-semibold text-lg", isAhead && "text-muted")}>{title}</h2>
      <div className="col-start-2 min-w-0">{children}</div>
    </section>
  );
}
