"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { CheckboxField } from "#components/ui/checkbox.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input, Select, Textarea } from "#components/ui/input.tsx";
import { adviceOn } from "#lib/policy/advice.ts";
import { describeCondition } from "#lib/policy/describe.ts";
import { type ArgumentPath, operatorsFor, operatorWords } from "./argument-paths.ts";
import {
  type ConditionDraft,
  conditionOfDraft,
  optionsOf,
  takesAnyType,
  takesList,
  type ValueType,
} from "./condition-draft.ts";
import type { RuleDraft } from "./rule-draft.ts";

type Conditions = RuleDraft["conditions"];

export interface ConditionsEditorProps {
  conditions: Conditions;
  paths: readonly ArgumentPath[];
  onAdd: () => void;
  onChange: (conditions: Conditions) => void;
}

/** All of these have to hold; each knows what the tool's schema says of its argument. */
export function ConditionsEditor({ conditions, paths, onAdd, onChange }: ConditionsEditorProps) {
  const remove = (id: string) => onChange(conditions.filter((each) => each.id !== id));
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 font-medium text-sm">When</legend>
      {conditions.length === 0 && <p className="text-muted text-sm">On every call.</p>}
      {conditions.map((each, index) =>
        "kept" in each ? (
          <p key={each.id} className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 break-words">
              {describeCondition(each.kept, "deny")} (an empty value or several lines: edit it as
              YAML)
            </span>
            <IconButton
              label={`Remove condition ${index + 1}`}
              icon={<X aria-hidden="true" className="size-3.5" />}
              variant="ghost"
              size="iconSmall"
              onClick={() => remove(each.id)}
            />
          </p>
        ) : (
          <ConditionFields
            key={each.id}
            number={index + 1}
            draft={each}
            paths={paths}
            onChange={(next) =>
              onChange(conditions.map((other) => (other.id === each.id ? next : other)))
            }
            onRemove={() => remove(each.id)}
          />
        ),
      )}
      <Button
        size="small"
        variant="ghost"
        className="-ml-2 justify-self-start"
        icon={<Plus aria-hidden="true" className="size-3.5" />}
        onClick={onAdd}
      >
        Add condition
      </Button>
    </fieldset>
  );
}

interface ConditionFieldsProps {
  number: number;
  draft: ConditionDraft;
  paths: readonly ArgumentPath[];
  onChange: (draft: ConditionDraft) => void;
  onRemove: () => void;
}

function ConditionFields({ number, draft, paths, onChange, onRemove }: ConditionFieldsProps) {
  const list = useId();
  const known = paths.find(({ path }) => path === draft.path);
  const offered = operatorsFor(known?.type ?? "any");
  const operators = offered.includes(draft.op) ? offered : [draft.op, ...offered];
  const takes = optionsOf(draft.op, draft.type);
  const read = conditionOfDraft(draft);
  const advice = read.ok ? adviceOn(read.condition) : null;
  const name = `of condition ${number}`;

  function choosePath(path: string) {
    const next = paths.find((each) => each.path === path);
    const allowed = operatorsFor(next?.type ?? "any");
    const type = next?.type === "number" || next?.type === "boolean" ? next.type : draft.type;
    const op = allowed.includes(draft.op) ? draft.op : (allowed[0] ?? draft.op);
    const of = next?.type === "list" ? "list" : draft.of;
    onChange({ ...draft, path, op, of, ...(draft.text === "" && { type }) });
  }

  return (
    <div className="grid min-w-0 gap-2 rounded border border-border bg-sunken p-2">
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <Input
          mono
          aria-label={`Argument ${name}`}
          placeholder="argument"
          list={list}
          value={draft.path}
          onChange={(event) => choosePath(event.target.value)}
          className="w-40 min-w-0 flex-1"
        />
        <datalist id={list}>
          {paths.map(({ path, type }) => (
            <option key={path} value={path}>
              {type === "any" ? "" : type}
            </option>
          ))}
        </datalist>
        <Select
          aria-label={`Comparison ${name}`}
          options={operators.map((op) => ({ value: op, label: operatorWords[op] }))}
          value={draft.op}
          onChange={(event) => {
            const op = operators.find((each) => each === event.target.value);
            if (op !== undefined) onChange({ ...draft, op });
          }}
          className="w-44 flex-1"
        />
        <IconButton
          label={`Remove condition ${number}`}
          icon={<X aria-hidden="true" className="size-3.5" />}
          variant="ghost"
          size="iconSmall"
          onClick={onRemove}
        />
      </div>
      <ConditionValue draft={draft} known={known} name={name} onChange={onChange} />
      {(takes.ignoreCase || takes.trim || takes.joinedWith) && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
          {takes.ignoreCase && (
            <Flag
              label="Ignore case"
              name={name}
              value={draft.ignoreCase}
              onChange={(ignoreCase) => onChange({ ...draft, ignoreCase })}
            />
          )}
          {takes.trim && (
            <Flag
              label="Ignore spaces around"
              name={name}
              value={draft.trim}
              onChange={(trim) => onChange({ ...draft, trim })}
            />
          )}
          {takes.joinedWith && (
            <Input
              mono
              aria-label={`List that continues it, ${name}`}
              placeholder="continued by, such as args"
              value={draft.joinedWith}
              onChange={(event) => onChange({ ...draft, joinedWith: event.target.value })}
              className="w-52"
            />
          )}
        </div>
      )}
      {!read.ok && <p className="text-danger text-sm">{read.problem}</p>}
      {advice !== null && <p className="break-words text-caution text-sm">{advice}</p>}
    </div>
  );
}

function Flag(props: {
  label: string;
  name: string;
  value: boolean | undefined;
  onChange: (value: boolean | undefined) => void;
}) {
  return (
    <CheckboxField
      label={
        <>
          {props.label}
          <span className="sr-only"> {props.name}</span>
        </>
      }
      checked={props.value === true}
      onChange={(event) => props.onChange(event.target.checked ? true : undefined)}
    />
  );
}

const valueTypes: readonly { value: ValueType; label: string }[] = [
  { value: "text", label: "text" },
  { value: "number", label: "number" },
  { value: "boolean", label: "true or false" },
];

function ConditionValue(props: {
  draft: ConditionDraft;
  known: ArgumentPath | undefined;
  name: string;
  onChange: (draft: ConditionDraft) => void;
}) {
  const { draft, known, name, onChange } = props;
  const set = (changed: Partial<ConditionDraft>) => onChange({ ...draft, ...changed });
  if (draft.op === "exists") {
    return (
      <Select
        aria-label={`Value ${name}`}
        options={[
          { value: "yes", label: "yes, it is given" },
          { value: "no", label: "no, it is not given" },
        ]}
        value={draft.given ? "yes" : "no"}
        onChange={(event) => set({ given: event.target.value === "yes" })}
      />
    );
  }
  if (draft.op === "length") return <LengthFields draft={draft} name={name} set={set} />;
  const isChoice = takesAnyType(draft.op);
  const options = isChoice ? (known?.options ?? []) : [];
  return (
    <div className="flex min-w-0 flex-wrap items-start gap-2">
      {isChoice && (
        <Select
          aria-label={`Kind of value ${name}`}
          options={valueTypes}
          value={draft.type}
          onChange={(event) => {
            const type = valueTypes.find(({ value }) => value === event.target.value)?.value;
            if (type !== undefined) set({ type });
          }}
          className="w-32"
        />
      )}
      <ValueField draft={draft} options={options} name={name} set={set} />
    </div>
  );
}

interface FieldsProps {
  draft: ConditionDraft;
  name: string;
  set: (changed: Partial<ConditionDraft>) => void;
}

function LengthFields({ draft, name, set }: FieldsProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      <Select
        aria-label={`What is measured ${name}`}
        options={[
          { value: "text", label: "characters" },
          { value: "list", label: "elements" },
        ]}
        value={draft.of}
        onChange={(event) => set({ of: event.target.value === "list" ? "list" : "text" })}
        className="w-32"
      />
      from
      <Input
        aria-label={`At least ${name}`}
        inputMode="numeric"
        value={draft.min}
        onChange={(event) => set({ min: event.target.value })}
        className="w-20"
      />
      to
      <Input
        aria-label={`At most ${name}`}
        inputMode="numeric"
        value={draft.max}
        onChange={(event) => set({ max: event.target.value })}
        className="w-20"
      />
    </div>
  );
}

function ValueField({
  draft,
  options,
  name,
  set,
}: FieldsProps & { options: ArgumentPath["options"] }) {
  const label = `Value ${name}`;
  const chosen = draft.text.split("\n").filter((line) => line !== "");
  if (takesList(draft.op) && options.length > 0) {
    const others = chosen.filter((each) => !options.map(String).includes(each));
    return (
      <div className="flex min-w-0 flex-1 flex-wrap gap-x-3 gap-y-1 py-1 text-sm">
        {[...options.map(String), ...others].map((option) => (
          <CheckboxField
            key={option}
            label={<span className="font-mono">{option}</span>}
            checked={chosen.includes(option)}
            onChange={(event) => {
              const kept = chosen.filter((each) => each !== option);
              set({ text: (event.target.checked ? [...kept, option] : kept).join("\n") });
            }}
          />
        ))}
      </div>
    );
  }
  if (takesList(draft.op)) {
    return (
      <Textarea
        mono
        rows={Math.min(Math.max(chosen.length + 1, 2), 8)}
        aria-label={`Values ${name}, one on each line`}
        placeholder="one on each line"
        value={draft.text}
        onChange={(event) => set({ text: event.target.value })}
        className="min-w-0 flex-1"
      />
    );
  }
  const choices =
    draft.type === "boolean" && takesAnyType(draft.op) ? ["true", "false"] : options.map(String);
  if (choices.length > 0) {
    const all = choices.includes(draft.text) ? choices : [draft.text, ...choices];
    return (
      <Select
        aria-label={label}
        options={all.map((value) => ({ value, label: value === "" ? "choose" : value }))}
        value={draft.text}
        onChange={(event) => set({ text: event.target.value })}
        className="min-w-32 flex-1"
      />
    );
  }
  return (
    <Input
      mono
      aria-label={label}
      placeholder={draft.op === "matches" ? "RE2, the whole value" : "value"}
      value={draft.text}
      onChange={(event) => set({ text: event.target.value })}
      className="min-w-32 flex-1"
    />
  );
}
