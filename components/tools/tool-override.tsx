"use client";

import { PencilLine } from "lucide-react";
import { useState } from "react";
import { categoryLooks } from "#components/category-label.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { SelectField, TextField } from "#components/ui/field.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionError } from "#lib/errors.ts";
import { categories, riskClasses } from "#lib/policy/types.ts";
import type { ToolRow } from "#lib/tools/tools.ts";

export interface ToolOverrideProps {
  server: string;
  tool: Pick<ToolRow, "name" | "category" | "riskClass" | "override">;
  canEdit: boolean;
  overrideTool: Action<unknown>;
  clearOverride: Action<unknown>;
  /** The tool has another class now. */
  onChanged: () => void;
}

/** Who set the class by hand and why, and the form to do so. */
export function ToolOverride(props: ToolOverrideProps) {
  const { server, tool, canEdit } = props;
  const [editing, setEditing] = useState(false);
  const [pending, setPending] = useState(false);
  const { override } = tool;

  async function clear() {
    setPending(true);
    const cleared = await runAction(props.clearOverride, { server, tool: tool.name });
    setPending(false);
    if (!cleared.ok) {
      return showToast({
        tone: "failed",
        title: "The class was not given back",
        description: cleared.error.message,
      });
    }
    showToast({ title: `${tool.name} has its own class again` });
    props.onChanged();
  }

  if (editing) {
    return (
      <OverrideForm
        {...props}
        onDone={(saved) => {
          setEditing(false);
          if (saved) props.onChanged();
        }}
      />
    );
  }
  return (
    <div className="grid gap-2">
      {override && (
        <div className="grid gap-1 rounded border bg-sunken px-3 py-2 text-sm">
          <p>
            Set by {override.by}, <RelativeTime at={new Date(override.at).getTime()} />: “
            {override.note}”
          </p>
          <p className="text-muted">
            Classified as {classText(override.classified)}. Stays when the tools are read again.
          </p>
        </div>
      )}
      {canEdit && (
        <div className="-ml-2 flex flex-wrap gap-1">
          <Button
            size="small"
            variant="ghost"
            icon={<PencilLine aria-hidden="true" className="size-3.5" />}
            onClick={() => setEditing(true)}
          >
            {override ? "Change it" : "Set category and class by hand"}
          </Button>
          {override && (
            <Button
              size="small"
              variant="ghost"
              pending={pending}
              pendingText="Giving back"
              onClick={() => void clear()}
            >
              Use the classified one
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function OverrideForm({
  server,
  tool,
  overrideTool,
  onDone,
}: ToolOverrideProps & { onDone: (saved: boolean) => void }) {
  const [category, setCategory] = useState<string>(tool.category);
  const [riskClass, setRiskClass] = useState<string>(tool.riskClass);
  const [note, setNote] = useState(tool.override?.note ?? "");
  const [error, setError] = useState<ActionError | null>(null);
  const [pending, setPending] = useState(false);

  async function save() {
    setPending(true);
    const input = { server, tool: tool.name, category, riskClass, note };
    const saved = await runAction(overrideTool, input);
    setPending(false);
    if (!saved.ok) return setError(saved.error);
    showToast({
      title: `${tool.name} is now ${classText({ category, riskClass })}`,
      description: "Rules for classes follow from the next call on.",
    });
    onDone(true);
  }

  const errors = error?.fields ?? {};
  return (
    <form
      noValidate
      aria-label="Category and class"
      className="grid gap-3 rounded border p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) void save();
      }}
    >
      <FormSummary message={error?.message} />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          name="category"
          label="Category"
          options={categories.map((value) => ({ value, label: categoryLooks[value].label }))}
          disabled={pending}
          value={category}
          onChange={(event) => setCategory(event.target.value)}
          error={errors.category}
        />
        <SelectField
          name="riskClass"
          label="Risk class"
          options={riskClasses.map((value) => ({ value, label: capital(value) }))}
          disabled={pending}
          value={riskClass}
          onChange={(event) => setRiskClass(event.target.value)}
          error={errors.riskClass}
        />
      </div>
      <TextField
        name="note"
        label="Why"
        help="Shown to everybody who looks at this tool."
        autoComplete="off"
        readOnly={pending}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        error={errors.note}
      />
      <div className="flex gap-2">
        <Button type="submit" size="small" variant="primary" pending={pending} pendingText="Saving">
          Set class
        </Button>
        <Button size="small" variant="ghost" onClick={() => onDone(false)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function classText({ category, riskClass }: { category: string; riskClass: string }): string {
  return `${capital(category)}, ${capital(riskClass)}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
