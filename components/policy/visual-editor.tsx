"use client";

import { useState } from "react";
import { Segmented } from "#components/ui/segmented.tsx";
import { describeRule } from "#lib/policy/describe.ts";
import type { PolicyDocument, Rule } from "#lib/policy/document.ts";
import { asList } from "#lib/policy/document.ts";
import { parseToolKey, toolKeyOf } from "#lib/policy/tool-key.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import { AccessSection } from "./access-section.tsx";
import { AddEntry } from "./add-entry.tsx";
import type { ArgumentPath } from "./argument-paths.ts";
import { ClassSection } from "./class-section.tsx";
import { entriesOf, renameKey, setAllTools, setRules } from "./document-edits.ts";
import { EntryEditor } from "./entry-editor.tsx";
import { LimitsEditor } from "./limits-editor.tsx";
import type { PolicyTool } from "./policy-tool.ts";
import { draftOfLimit, type LimitDraft, limitProblem } from "./rule-draft.ts";
import { newId, RuleEditor } from "./rule-editor.tsx";
import { VisualPart } from "./visual-part.tsx";

export interface VisualEditorProps {
  document: PolicyDocument;
  tools: readonly PolicyTool[];
  canEdit: boolean;
  /** The entry that is open at first. */
  openTool: string | null;
  onChange: (document: PolicyDocument) => void;
  /** Names a form that cannot be used yet. */
  onUnfinished: (place: string, isUnfinished: boolean) => void;
}

/** The document as forms: what nobody spoke of, classes, tools, prompts, resources, all tools. */
export function VisualEditor(props: VisualEditorProps) {
  const { document, canEdit, onChange, onUnfinished } = props;
  return (
    <div className="grid min-w-0 content-start gap-6">
      <VisualPart
        title="What no rule speaks of"
        description="Tools, prompts and resources without a rule, new ones included."
      >
        <Segmented
          label="Default"
          options={[
            { value: "deny", label: "Deny", tone: "danger" },
            { value: "allow", label: "Allow", tone: "positive" },
          ]}
          value={document.default}
          disabled={!canEdit}
          onValueChange={(value) => onChange({ ...document, default: value })}
        />
      </VisualPart>
      <ClassSection {...props} />
      <ToolSection {...props} />
      <AccessSection
        section="prompts"
        title="Prompts"
        document={document}
        canEdit={canEdit}
        onChange={onChange}
      />
      <AccessSection
        section="resources"
        title="Resources"
        document={document}
        canEdit={canEdit}
        onChange={onChange}
      />
      <VisualPart title="All tools together" description="Counted on top of every other limit.">
        {canEdit ? (
          <AllTools
            limits={asList<RateLimit>(document.all_tools?.rate_limit)}
            onChange={(limits) => onChange(setAllTools(document, limits))}
            onUnfinished={(isUnfinished) => onUnfinished("all tools", isUnfinished)}
          />
        ) : (
          <p className="text-sm">
            {document.all_tools === undefined
              ? "No limit."
              : describeRule({ action: "allow", rate_limit: document.all_tools.rate_limit })}
          </p>
        )}
      </VisualPart>
    </div>
  );
}

function ToolSection(props: VisualEditorProps) {
  const { document, tools, canEdit, openTool, onChange, onUnfinished } = props;
  const [added, setAdded] = useState<string | null>(null);
  const entries = entriesOf(document, "tools");
  const set = (key: string, rules: readonly Rule[]) =>
    onChange(setRules(document, "tools", key, rules));
  return (
    <VisualPart
      title="Tools"
      description="Rules of a tool go before its classes. Hide beats deny, deny beats approve, approve beats allow, in any order."
    >
      {entries.length === 0 && <p className="text-muted text-sm">No tool has a rule of its own.</p>}
      <ul className="grid min-w-0 divide-y rounded border bg-raised empty:hidden">
        {entries.map(({ key, rules }) => (
          <EntryEditor
            key={key}
            name={key}
            sentences={rules.map(describeRule)}
            isNew={key === added}
            startOpen={canEdit && openTool !== null && key === openTool}
            canEdit={canEdit}
            onAdd={() => set(key, [...rules, { action: "deny" }])}
            onRename={(name) => {
              const renamed = renameKey(document, "tools", key, name);
              if (renamed === null) return false;
              setAdded(name);
              onChange(renamed);
              return true;
            }}
            onRemove={() => set(key, [])}
          >
            {rules.map((rule, index) => (
              <RuleEditor
                // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place in the list
                key={index}
                label={`rule ${index + 1} of ${key}`}
                rule={rule}
                paths={pathsFor(key, tools)}
                onChange={(next) => set(key, rules.with(index, next))}
                onRemove={() => set(key, rules.toSpliced(index, 1))}
                onUnfinished={(isUnfinished) =>
                  onUnfinished(`rule ${index + 1} of ${key}`, isUnfinished)
                }
              />
            ))}
          </EntryEditor>
        ))}
      </ul>
      {canEdit && (
        <AddEntry
          label="Tool or pattern"
          suggestions={tools.map(({ name }) => toolKeyOf(name))}
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

/** The places that the tools of a key have; several tools share those of the same name. */
function pathsFor(key: string, tools: readonly PolicyTool[]): ArgumentPath[] {
  const parsed = parseToolKey(key);
  const matching = tools.filter(({ name }) =>
    parsed?.kind === "name" ? parsed.name === name : parsed?.matches(name) === true,
  );
  const found = new Map<string, ArgumentPath>();
  for (const path of matching.flatMap(({ paths }) => paths)) {
    if (!found.has(path.path)) found.set(path.path, path);
  }
  return [...found.values()];
}

function AllTools(props: {
  limits: readonly RateLimit[];
  onChange: (limits: RateLimit[]) => void;
  onUnfinished: (isUnfinished: boolean) => void;
}) {
  const text = JSON.stringify(props.limits);
  const [drafts, setDrafts] = useState(() =>
    props.limits.map((each) => draftOfLimit(each, newId())),
  );
  const [seen, setSeen] = useState(text);
  if (text !== seen) {
    setSeen(text);
    if (text !== JSON.stringify(limitsOf(drafts))) {
      setDrafts(props.limits.map((each) => draftOfLimit(each, newId())));
    }
  }

  function change(next: LimitDraft[]) {
    setDrafts(next);
    const isUnfinished = next.some((each) => limitProblem(each) !== null);
    props.onUnfinished(isUnfinished);
    if (!isUnfinished) props.onChange(limitsOf(next));
  }

  return (
    <LimitsEditor
      label="all tools"
      limits={drafts}
      newId={newId}
      isRequired={false}
      onChange={change}
    />
  );
}

function limitsOf(drafts: readonly LimitDraft[]): RateLimit[] {
  return drafts.map(({ max, window, per }) => ({ max: Number(max), window: Number(window), per }));
}
