"use client";

import { useState } from "react";
import { categoryLooks } from "#components/category-label.tsx";
import { Select } from "#components/ui/input.tsx";
import { describeRule } from "#lib/policy/describe.ts";
import type { ClassName, PolicyDocument, Rule } from "#lib/policy/document.ts";
import { categories, riskClasses } from "#lib/policy/types.ts";
import { setClassRule } from "./document-edits.ts";
import { EntryEditor } from "./entry-editor.tsx";
import { RuleEditor } from "./rule-editor.tsx";
import { VisualPart } from "./visual-part.tsx";

export interface ClassSectionProps {
  document: PolicyDocument;
  canEdit: boolean;
  onChange: (document: PolicyDocument) => void;
  onUnfinished: (place: string, isUnfinished: boolean) => void;
}

const names: readonly ClassName[] = [...categories, ...riskClasses];

/** Rules by category and risk class, for tools without a rule of their own. */
export function ClassSection({ document, canEdit, onChange, onUnfinished }: ClassSectionProps) {
  const [added, setAdded] = useState<ClassName | null>(null);
  const ruled = names.flatMap((name) => {
    const rule = document.classes?.[name];
    return rule === undefined ? [] : [{ name, rule }];
  });
  const free = names.filter((name) => !ruled.some((each) => each.name === name));
  return (
    <VisualPart
      title="Classes"
      description="For tools without a rule of their own. Of category and risk class the stricter decides."
    >
      {ruled.length === 0 && <p className="text-muted text-sm">No class has a rule.</p>}
      <ul className="grid min-w-0 divide-y rounded border bg-raised empty:hidden">
        {ruled.map(({ name, rule }) => (
          <EntryEditor
            key={name}
            name={name}
            sentences={[describeRule(rule)]}
            startOpen={name === added}
            canEdit={canEdit}
            onRemove={() => onChange(setClassRule(document, name, null))}
          >
            <RuleEditor
              label={`the rule of ${name}`}
              rule={rule}
              paths={null}
              onChange={(next) => onChange(setClassRule(document, name, withoutConditions(next)))}
              onRemove={() => onChange(setClassRule(document, name, null))}
              onUnfinished={(isUnfinished) => onUnfinished(`the rule of ${name}`, isUnfinished)}
            />
          </EntryEditor>
        ))}
      </ul>
      {canEdit && free.length > 0 && (
        <Select
          aria-label="Add a rule for a class"
          options={[
            { value: "", label: "Add a rule for a class" },
            ...free.map((name) => ({ value: name, label: labelOf(name) })),
          ]}
          value=""
          onChange={(event) => {
            const name = free.find((each) => each === event.target.value);
            if (name === undefined) return;
            setAdded(name);
            onChange(setClassRule(document, name, { action: "deny" }));
          }}
          className="max-w-64"
        />
      )}
    </VisualPart>
  );
}

function withoutConditions({ when: _, ...rule }: Rule) {
  return rule;
}

function labelOf(name: ClassName): string {
  const category = categories.find((each) => each === name);
  return category === undefined ? `Risk: ${name}` : `Category: ${categoryLooks[category].label}`;
}
