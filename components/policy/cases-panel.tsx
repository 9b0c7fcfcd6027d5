"use client";

import { CircleCheck, CircleX, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input, Select, Textarea } from "#components/ui/input.tsx";
import type { CaseResult, PolicyCase } from "#lib/policy/cases.ts";
import { expectationOptions } from "./decision-words.ts";
import { Labelled } from "./labelled.tsx";
import { readObject } from "./try-panel.tsx";

export interface CasesPanelProps {
  cases: readonly PolicyCase[];
  /** By the draft; null while it cannot be read. */
  results: readonly CaseResult[] | null;
  canEdit: boolean;
  onChange: (cases: PolicyCase[]) => void;
  onTry: () => void;
}

/** The tests of the policy, run against the draft while it is written. */
export function CasesPanel({ cases, results, canEdit, onChange, onTry }: CasesPanelProps) {
  const [editing, setEditing] = useState<number | null>(null);
  const failed = results?.filter(({ ok }) => !ok).length ?? 0;
  if (cases.length === 0) {
    return (
      <div className="grid justify-items-start gap-2">
        <p className="max-w-[72ch] text-sm">
          No cases yet. A case is a call and the decision it has to end in; while one fails, no
          version can be saved.
        </p>
        {canEdit && <Button onClick={onTry}>Try a call and keep it</Button>}
      </div>
    );
  }
  return (
    <div className="grid min-w-0 gap-3">
      <p role="status" className="text-sm">
        {results === null
          ? "The draft cannot be read, so no case was run."
          : failed === 0
            ? `${cases.length === 1 ? "The case passes" : `All ${cases.length} cases pass`} with this draft.`
            : `${failed} of ${cases.length} ${failed === 1 ? "fails" : "fail"} with this draft. Change the rules, or change or remove the case; until then nothing can be saved.`}
      </p>
      <ul className="grid min-w-0 gap-2">
        {cases.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a case is its place in the list
          <li key={index} className="grid min-w-0 gap-2 rounded border bg-raised p-3">
            <CaseLine
              test={each}
              result={results?.[index]}
              canEdit={canEdit}
              onEdit={() => setEditing(editing === index ? null : index)}
              onRemove={() => {
                setEditing(null);
                onChange(cases.toSpliced(index, 1));
              }}
            />
            {editing === index && (
              <CaseForm
                test={each}
                onSave={(next) => {
                  onChange(cases.with(index, next));
                  setEditing(null);
                }}
                onClose={() => setEditing(null)}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function CaseLine(props: {
  test: PolicyCase;
  result: CaseResult | undefined;
  canEdit: boolean;
  onEdit: () => void;
  onRemove: () => void;
}) {
  const { test, result, canEdit, onEdit, onRemove } = props;
  const name = test.name ?? test.tool;
  const Icon = result?.ok === false ? CircleX : CircleCheck;
  return (
    <div className="flex min-w-0 items-start gap-3">
      {result && (
        <Badge
          tone={result.ok ? "positive" : "danger"}
          icon={<Icon aria-hidden="true" className="size-3.5" />}
        >
          {result.ok ? "Passes" : "Fails"}
        </Badge>
      )}
      <div className="grid min-w-0 flex-1 gap-0.5 text-sm">
        <p className="break-words">
          {test.name !== undefined && <span className="mr-2 font-medium">{test.name}</span>}
          <code className="font-mono">{test.tool}</code>
          {test.agent !== undefined && <span className="text-muted"> by {test.agent}</span>}
          <span className="text-muted"> is to be </span>
          {wordOf(test.expect)}
        </p>
        <code className="break-all font-mono text-muted text-xs">
          {JSON.stringify(test.arguments)}
        </code>
        {result?.ok === false && (
          <p className="text-danger">
            It would be {wordOf(result.actual)}: {result.explanation}
          </p>
        )}
      </div>
      {canEdit && (
        <span className="flex shrink-0">
          <IconButton
            label={`Edit case ${name}`}
            icon={<Pencil aria-hidden="true" className="size-3.5" />}
            variant="ghost"
            size="iconSmall"
            onClick={onEdit}
          />
          <IconButton
            label={`Remove case ${name}`}
            icon={<Trash2 aria-hidden="true" className="size-3.5" />}
            variant="ghost"
            size="iconSmall"
            onClick={onRemove}
          />
        </span>
      )}
    </div>
  );
}

function CaseForm(props: {
  test: PolicyCase;
  onSave: (test: PolicyCase) => void;
  onClose: () => void;
}) {
  const { test, onSave, onClose } = props;
  const [name, setName] = useState(test.name ?? "");
  const [tool, setTool] = useState(test.tool);
  const [json, setJson] = useState(() => JSON.stringify(test.arguments, null, 2));
  const [expect, setExpect] = useState(test.expect);
  const args = readObject(json);
  return (
    <form
      aria-label={`Case ${test.name ?? test.tool}`}
      className="grid gap-3 border-t pt-3 text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        if (args === null || tool === "") return;
        const { name: _, ...rest } = test;
        onSave({ ...rest, tool, expect, arguments: args, ...(name !== "" && { name }) });
      }}
    >
      <div className="grid gap-3 sm:grid-cols-3">
        <Labelled title="Name">
          <Input
            value={name}
            maxLength={200}
            placeholder="optional"
            onChange={(event) => setName(event.target.value)}
          />
        </Labelled>
        <Labelled title="Tool">
          <Input mono value={tool} onChange={(event) => setTool(event.target.value)} />
        </Labelled>
        <Labelled title="Has to be">
          <Select
            options={expectationOptions}
            value={expect}
            onChange={(event) => {
              const next = expectationOptions.find(({ value }) => value === event.target.value);
              if (next) setExpect(next.value);
            }}
          />
        </Labelled>
      </div>
      <Labelled title="Arguments as JSON">
        <Textarea
          mono
          rows={5}
          spellCheck={false}
          value={json}
          aria-invalid={args === null || undefined}
          onChange={(event) => setJson(event.target.value)}
        />
        {args === null && <span className="text-danger">Write a JSON object.</span>}
      </Labelled>
      <div className="flex gap-2">
        <Button type="submit" size="small" disabled={args === null || tool === ""}>
          Keep
        </Button>
        <Button size="small" variant="ghost" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function wordOf(expectation: PolicyCase["expect"]): string {
  const found = expectationOptions.find(({ value }) => value === expectation);
  return (found?.label ?? expectation)
    .replace(/^Needs approval$/, "held for approval")
    .toLowerCase();
}
