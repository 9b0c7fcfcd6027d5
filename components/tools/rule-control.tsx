"use client";

import { CornerDownRight } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { Choice, EffectiveRule } from "#lib/policy/effective.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import { ChoiceControl, type ChosenBy } from "./choice-control.tsx";
import { LimitEditor, ReasonEditor } from "./rule-editors.tsx";
import { inheritedFrom, limitText } from "./rule-words.ts";

export interface RuleControlProps {
  tool: string;
  rule: EffectiveRule;
  startLimit: RateLimit;
  canEdit: boolean;
  onChoose: (choice: ToolChoice) => void;
  /** Stands where the detail of the rule would. */
  instead?: ReactNode;
  className?: string;
}

/** The rule of one tool: five choices, saved at once; a limit and a reason are edited in place. */
export function RuleControl(props: RuleControlProps) {
  const { tool, rule, startLimit, canEdit, onChoose, className } = props;
  const [editing, setEditing] = useState<{ what: "limit" | "reason"; focus: boolean } | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const inherited = inheritedFrom(rule);

  function choose(choice: Choice, by: ChosenBy) {
    // Arrow keys go on to other choices, number keys to the next row: then focus stays.
    const focus = by === "pointer" || (by === "number" && choice === "limit");
    onChoose({ choice });
    if (choice === "limit") setEditing({ what: "limit", focus });
    else if (choice === "deny") setEditing({ what: "reason", focus });
    else setEditing(null);
  }

  function close() {
    const editor = root.current?.querySelector("form");
    const hadFocus = editor?.contains(document.activeElement) === true;
    setEditing(null);
    if (hadFocus) {
      const row = root.current?.closest("[data-row]");
      row?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
    }
  }

  return (
    <div
      ref={root}
      className={cn(
        "grid justify-items-end gap-1 max-sm:justify-items-stretch max-xl:sm:py-1",
        editing !== null && "sm:py-1.5",
        className,
      )}
    >
      <div className="flex min-w-0 max-w-full flex-wrap items-center justify-end gap-x-2 gap-y-1 max-sm:justify-start xl:flex-nowrap">
        {props.instead ?? (
          <RuleDetail
            rule={rule}
            canEdit={canEdit}
            onEdit={(what) => setEditing(editing ? null : { what, focus: true })}
          />
        )}
        <ChoiceControl
          label={`Rule of ${tool}`}
          value={rule.choice}
          onChoose={choose}
          {...(inherited !== null && { onSameChoice: choose, className: inheritedLook })}
          disabled={!canEdit}
          numberKeys
        />
      </div>
      {editing?.what === "limit" && rule.choice === "limit" && inherited === null && (
        <LimitEditor
          tool={tool}
          limit={rule.rateLimit ?? startLimit}
          autoFocus={editing.focus}
          onSave={(rateLimit) => onChoose({ choice: "limit", rateLimit })}
          onClose={close}
        />
      )}
      {editing?.what === "reason" && rule.choice === "deny" && inherited === null && (
        <ReasonEditor
          tool={tool}
          reason={rule.reason ?? ""}
          autoFocus={editing.focus}
          onSave={(reason) => onChoose({ choice: "deny", ...(reason !== "" && { reason }) })}
          onClose={close}
        />
      )}
    </div>
  );
}

const inheritedLook =
  "[&_label:has(:checked)]:border-edge [&_label:has(:checked)]:border-dashed [&_label:has(:checked)]:bg-transparent [&_label:has(:checked)]:font-normal";

const detailStyles =
  "min-w-0 truncate rounded text-muted text-xs underline-offset-2 not-disabled:hover:text-text not-disabled:hover:underline pointer-coarse:min-h-11 max-sm:order-last max-sm:-mb-2";

/** What the chosen segment does not say: where it comes from, the limit, the reason. */
function RuleDetail({
  rule,
  canEdit,
  onEdit,
}: {
  rule: EffectiveRule;
  canEdit: boolean;
  onEdit: (what: "limit" | "reason") => void;
}) {
  const inherited = inheritedFrom(rule);
  if (inherited !== null) {
    return (
      <span
        title={`Inherited: no rule is set for this tool, ${rule.rule} decides`}
        className="inline-flex min-w-0 items-center gap-1 text-muted text-xs max-sm:order-last"
      >
        <CornerDownRight aria-hidden="true" className="size-3 shrink-0" />
        <span className="truncate">
          <span className="sr-only">inherited from </span>
          {inherited}
        </span>
      </span>
    );
  }
  if (rule.choice === "limit" && rule.rateLimit) {
    return (
      <button
        type="button"
        disabled={!canEdit}
        onClick={() => onEdit("limit")}
        className={detailStyles}
      >
        {limitText(rule.rateLimit)}
      </button>
    );
  }
  if (rule.choice === "deny" && (canEdit || rule.reason !== undefined)) {
    return (
      <button
        type="button"
        disabled={!canEdit}
        onClick={() => onEdit("reason")}
        title={rule.reason}
        className={detailStyles}
      >
        {rule.reason === undefined ? "Add reason" : `“${rule.reason}”`}
      </button>
    );
  }
  return null;
}
