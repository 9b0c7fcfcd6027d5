"use client";

import { Trash2 } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { choiceOptions } from "#components/tools/rule-words.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { describeRule } from "#lib/policy/describe.ts";
import type { ClassRule, Rule } from "#lib/policy/document.ts";
import { ApprovalFields } from "./approval-fields.tsx";
import type { ArgumentPath } from "./argument-paths.ts";
import { emptyCondition } from "./condition-draft.ts";
import { ConditionsEditor } from "./conditions-editor.tsx";
import { Labelled } from "./labelled.tsx";
import { LimitsEditor } from "./limits-editor.tsx";
import { chooseIn, draftOfRule, type RuleDraft, ruleOfDraft, takesLimits } from "./rule-draft.ts";

export interface RuleEditorProps {
  /** "Rule 2 of create_key". */
  label: string;
  rule: Rule | ClassRule;
  /** Null: this kind of rule takes no conditions. */
  paths: readonly ArgumentPath[] | null;
  onChange: (rule: Rule) => void;
  onRemove: () => void;
  /** Whether something here cannot be used yet, so that nothing is saved without it. */
  onUnfinished: (isUnfinished: boolean) => void;
}

/** One rule as a form. What is typed reaches the policy as soon as all of it can be read. */
export function RuleEditor(props: RuleEditorProps) {
  const { label, rule, paths, onChange, onRemove } = props;
  const [draft, setDraft] = useState(() => draftOfRule(rule, newId));
  const [seen, setSeen] = useState(rule);
  const read = ruleOfDraft(draft);

  if (rule !== seen) {
    setSeen(rule);
    const isOwn = read.ok && sameJson(read.rule, rule);
    if (!isOwn && !sameJson(rule, seen)) setDraft(draftOfRule(rule, newId));
  }

  const tell = useEffectEvent(props.onUnfinished);
  useEffect(() => {
    tell(!read.ok);
    return () => tell(false);
  }, [read.ok]);

  function change(next: RuleDraft) {
    setDraft(next);
    const answer = ruleOfDraft(next);
    if (answer.ok) onChange(answer.rule);
  }

  return (
    <fieldset className="grid min-w-0 gap-3 rounded border border-border p-3">
      <legend className="sr-only">{label}</legend>
      <div className="flex min-w-0 items-start gap-2">
        <p className="min-w-0 flex-1 text-pretty break-words text-base">
          {read.ok ? describeRule(read.rule) : describeRule(rule)}
        </p>
        <IconButton
          label={`Remove ${label}`}
          icon={<Trash2 aria-hidden="true" className="size-3.5" />}
          variant="ghost"
          size="iconSmall"
          onClick={onRemove}
        />
      </div>
      <Segmented
        label={`Choice of ${label}`}
        options={choiceOptions}
        value={draft.choice}
        onValueChange={(choice) => change(chooseIn(draft, choice, newId))}
      />
      {paths !== null && (
        <ConditionsEditor
          conditions={draft.conditions}
          paths={paths}
          onAdd={() =>
            change({ ...draft, conditions: [...draft.conditions, emptyCondition(newId())] })
          }
          onChange={(conditions) => change({ ...draft, conditions })}
        />
      )}
      {takesLimits(draft.choice) && (
        <LimitsEditor
          label={label}
          limits={draft.limits}
          newId={newId}
          isRequired={draft.choice === "limit"}
          onChange={(limits) => change({ ...draft, limits })}
        />
      )}
      {draft.choice === "approve" && (
        <ApprovalFields
          label={label}
          draft={draft.approval}
          onChange={(approval) => change({ ...draft, approval })}
        />
      )}
      <Labelled title="Reason the agent is told">
        <Input
          value={draft.reason}
          maxLength={500}
          placeholder="optional"
          onChange={(event) => change({ ...draft, reason: event.target.value })}
        />
      </Labelled>
      {!read.ok && (
        <div role="status" className="rounded border border-caution/40 bg-caution/6 p-2 text-sm">
          <p className="font-medium">
            Not in the policy yet; until it is finished, the sentence above still holds.
          </p>
          <ul>
            {read.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
    </fieldset>
  );
}

let ids = 0;
/** Only tells drafts apart inside one page. */
export function newId(): string {
  return `draft-${++ids}`;
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
