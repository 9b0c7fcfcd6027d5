"use client";

import { useState } from "react";
import { Input } from "#components/ui/input.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { describeRule } from "#lib/policy/describe.ts";
import type { AccessRule, PolicyDocument } from "#lib/policy/document.ts";
import { AddEntry } from "./add-entry.tsx";
import { entriesOf, renameKey, setRules } from "./document-edits.ts";
import { EntryEditor } from "./entry-editor.tsx";
import { Labelled } from "./labelled.tsx";
import { VisualPart } from "./visual-part.tsx";

export interface AccessSectionProps {
  section: "prompts" | "resources";
  title: string;
  document: PolicyDocument;
  canEdit: boolean;
  onChange: (document: PolicyDocument) => void;
}

/** Rules for prompts by name, or resources by address. */
export function AccessSection({ section, title, document, canEdit, onChange }: AccessSectionProps) {
  const [added, setAdded] = useState<string | null>(null);
  const entries = entriesOf(document, section);
  const set = (key: string, rules: readonly AccessRule[]) =>
    onChange(setRules(document, section, key, rules));
  return (
    <VisualPart title={title}>
      {entries.length === 0 && (
        <p className="text-muted text-sm">
          No rule: {document.default === "deny" ? "none is listed." : "all are allowed."}
        </p>
      )}
      <ul className="grid min-w-0 divide-y rounded border bg-raised empty:hidden">
        {entries.map(({ key, rules }) => (
          <EntryEditor
            key={key}
            name={key}
            sentences={rules.map(describeRule)}
            isNew={key === added}
            canEdit={canEdit}
            onRename={(name) => {
              const renamed = renameKey(document, section, key, name);
              if (renamed === null) return false;
              setAdded(name);
              onChange(renamed);
              return true;
            }}
            onRemove={() => set(key, [])}
          >
            {rules.map((rule, index) => (
              <AccessFields
                // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place in the list
                key={index}
                label={`rule ${index + 1} of ${key}`}
                rule={rule}
                onChange={(next) => set(key, rules.with(index, next))}
              />
            ))}
          </EntryEditor>
        ))}
      </ul>
      {canEdit && (
        <AddEntry
          label={section === "prompts" ? "Prompt or pattern" : "Address, such as file:///*"}
          suggestions={[]}
          taken={entries.map(({ key }) => key)}
          onAdd={(key) => {
            setAdded(key);
            set(key, [{ action: "deny" }]);
          }}
        />
      )}
    </VisualPart>
  );
}

function AccessFields(props: {
  label: string;
  rule: AccessRule;
  onChange: (rule: AccessRule) => void;
}) {
  const { label, rule, onChange } = props;
  return (
    <div className="grid gap-2">
      <Segmented
        label={`Choice of ${label}`}
        options={[
          { value: "allow", label: "Allow", tone: "positive" },
          { value: "deny", label: "Deny", tone: "danger" },
          { value: "hide", label: "Hide", tone: "muted" },
        ]}
        value={rule.action}
        onValueChange={(action) => onChange({ ...rule, action })}
      />
      <Labelled title="Reason the agent is told">
        <Input
          value={rule.reason ?? ""}
          maxLength={500}
          placeholder="optional"
          onChange={(event) => {
            const { reason: _, ...rest } = rule;
            const { value } = event.target;
            onChange(value === "" ? rest : { ...rest, reason: value });
          }}
        />
      </Labelled>
    </div>
  );
}
