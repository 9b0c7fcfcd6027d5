"use client";

import { FlaskConical, Plus } from "lucide-react";
import { useId, useState } from "react";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Input, Select, Textarea } from "#components/ui/input.tsx";
import type { PolicyCase } from "#lib/policy/cases.ts";
import type { JsonObject } from "#lib/policy/types.ts";
import type { TrialDetail } from "#lib/rules/try.ts";
import { kindOf, limitWords } from "./decision-words.ts";
import { Labelled } from "./labelled.tsx";
import type { PolicyTool } from "./policy-tool.ts";

export interface TryPanelProps {
  server: string;
  tools: readonly Pick<PolicyTool, "name" | "example">[];
  agents: readonly string[];
  /** The draft; absent: the policy in force. */
  text?: string;
  startTool: string | null;
  startAgent: string | null;
  tryPolicy: Action<TrialDetail>;
  onKeep?: (kept: PolicyCase) => void;
  /** Inside a drawer, for the one tool it shows. */
  isNarrow?: boolean;
}

interface Tried {
  call: { tool: string; arguments: JsonObject; agent: string };
  answer: TrialDetail;
}

/** One call as the proxy would decide it. Nothing is executed, counted or recorded. */
export function TryPanel(props: TryPanelProps) {
  const { server, tools, agents, text, tryPolicy, onKeep } = props;
  const first = props.startTool ?? tools[0]?.name ?? "";
  const [tool, setTool] = useState(first);
  const [agent, setAgent] = useState(props.startAgent ?? "");
  const [json, setJson] = useState(() => exampleOf(tools, first));
  const [tried, setTried] = useState<Tried | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const list = useId();

  function chooseTool(name: string) {
    // Arguments that were typed stay; those that were only offered give way.
    if (json === exampleOf(tools, tool)) setJson(exampleOf(tools, name));
    setTool(name);
  }

  async function decide() {
    const args = readObject(json);
    if (args === null) {
      setTried(null);
      return setFailure('These arguments are no JSON object. Write them as { "name": "value" }.');
    }
    setPending(true);
    const input = { server, tool, arguments: args, ...(agent !== "" && { agent }) };
    const answer = await runAction(tryPolicy, { ...input, ...(text !== undefined && { text }) });
    setPending(false);
    setFailure(answer.ok ? null : answer.error.message);
    setTried(answer.ok ? { call: { tool, arguments: args, agent }, answer: answer.data } : null);
  }

  return (
    <div
      className={cn("grid min-w-0 items-start gap-6", props.isNarrow !== true && "lg:grid-cols-2")}
    >
      <form
        aria-label="Try a call"
        className="grid min-w-0 gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void decide();
        }}
      >
        <FormSummary message={failure ?? undefined} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Labelled title="Tool">
            <Input
              mono
              list={list}
              value={tool}
              onChange={(event) => chooseTool(event.target.value)}
            />
            <datalist id={list}>
              {tools.map(({ name }) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </Labelled>
          <Labelled title="Agent">
            <Select
              options={[
                { value: "", label: "any agent" },
                ...agents.map((name) => ({ value: name, label: name })),
              ]}
              value={agent}
              onChange={(event) => setAgent(event.target.value)}
            />
          </Labelled>
        </div>
        <Labelled title="Arguments as JSON">
          <Textarea
            mono
            rows={Math.min(Math.max(json.split("\n").length, 5), 16)}
            spellCheck={false}
            value={json}
            onChange={(event) => setJson(event.target.value)}
          />
        </Labelled>
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            variant="secondary"
            pending={pending}
            pendingText="Deciding"
            disabled={tool === ""}
            icon={<FlaskConical aria-hidden="true" className="size-4" />}
          >
            Decide
          </Button>
          <p className="text-muted text-sm">Nothing is executed, counted or recorded.</p>
        </div>
      </form>
      <div role="status" aria-label="Decision" className="grid min-w-0 content-start gap-3">
        {tried === null ? (
          <p className="text-muted text-sm">The decision and its reasons appear here.</p>
        ) : (
          <Answer tried={tried} onKeep={onKeep} />
        )}
      </div>
    </div>
  );
}

function Answer({
  tried: { call, answer },
  onKeep,
}: {
  tried: Tried;
  onKeep: TryPanelProps["onKeep"];
}) {
  return (
    <div className="grid min-w-0 gap-2 rounded border bg-raised p-3 text-base">
      <DecisionBadge decision={kindOf[answer.decision]} />
      <p className="text-pretty break-words">{answer.explanation}</p>
      <p className="text-muted text-sm">
        Decided by <code className="break-all font-mono">{answer.rule}</code>
      </p>
      {answer.reason !== null && <p className="text-sm">The agent is told: “{answer.reason}”</p>}
      {answer.limits.map((limit) => (
        <p key={`${limit.rule}/${limit.per}/${limit.windowSeconds}`} className="text-sm">
          Counted: {limitWords(limit)}.
        </p>
      ))}
      {answer.notes.map((note) => (
        <p key={note} className="rounded border border-caution/40 bg-caution/6 p-2 text-sm">
          {note}
        </p>
      ))}
      {onKeep && (
        <Button
          size="small"
          className="justify-self-start"
          icon={<Plus aria-hidden="true" className="size-3.5" />}
          onClick={() =>
            onKeep({
              tool: call.tool,
              arguments: call.arguments,
              ...(call.agent !== "" && { agent: call.agent }),
              expect: answer.decision,
            })
          }
        >
          Keep as a test
        </Button>
      )}
    </div>
  );
}

function exampleOf(tools: TryPanelProps["tools"], name: string): string {
  const example = tools.find((tool) => tool.name === name)?.example ?? {};
  return JSON.stringify(example, null, 2);
}

/** Null: not an object, or no JSON. */
export function readObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : null; // parsed JSON, neither null nor a list
  } catch {
    return null;
  }
}
