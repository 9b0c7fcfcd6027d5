"use client";

import { useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Segmented } from "#components/ui/segmented.tsx";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { Choice, EffectiveRule } from "#lib/policy/effective.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import { LimitEditor, ReasonEditor } from "./rule-editors.tsx";
import { choiceOptions, inheritedFrom, limitText } from "./rule-words.ts";

export interface RuleControlProps {
  tool: string;
  rule: EffectiveRule;
  startLimit: RateLimit;
  canEdit: boolean;
  onChoose: (choice: ToolChoice) => void;
  className?: string;
}

/** The rule of one tool: five choices, saved at once; a limit and a reason are edited in place. */
export function RuleControl(props: RuleControlProps) {
  const { tool, rule, startLimit, canEdit, onChoose, className } = props;
  const [editing, setEditing] = useState<{ what: "limit" | "reason"; focus: boolean } | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const byPointer = useRef(false);
  const inherited = inheritedFrom(rule);

  function choose(choice: Choice) {
    // Arrow keys pass over choices and number keys go on to the next row: only then focus stays.
    const onRadio = document.activeElement instanceof HTMLInputElement;
    const focus = byPointer.current || (choice === "limit" && !onRadio);
    byPointer.current = false;
    onChoose({ choice });
    if (choice === "limit") setEditing({ what: "limit", focus });
    else if (choice === "deny") setEditing({ what: "reason", focus });
    else setEditing(null);
  }

  function close() {
    const hadFocus = root.current?.contains(document.activeElement) === true;
    setEditing(null);
    if (hadFocus) {
      const row = root.current?.closest("[data-row]");
      row?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
    }
  }

  return (
    <div
      ref={root}
      className={cn("grid justify-items-end gap-1 max-sm:justify-items-stretch", className)}
    >
      <div className="flex min-w-0 max-w-full items-center justify-end gap-2 max-sm:flex-wrap max-sm:justify-start">
        <RuleDetail
          rule={rule}
          canEdit={canEdit}
          onEdit={(what) => setEditing(editing ? null : { what, focus: true })}
        />
        <div
          onPointerDown={() => {
            byPointer.current = true;
          }}
          className="max-w-full"
        >
          <Segmented
            label={`Rule of ${tool}`}
            options={choiceOptions}
            value={rule.choice}
            onValueChange={choose}
            disabled={!canEdit}
            numberKeys
            className={cn(
              inherited !== null &&
                "[&_label:has(:checked)]:border-edge [&_label:has(:checked)]:border-dashed [&_label:has(:checked)]:bg-transparent [&_label:has(:checked)]:font-normal",
            )}
          />
        </div>
      </div>
      {editing?.what === "limit" && rule.choice === "limit" && (
        <LimitEditor
          tool={tool}
          limit={rule.rateLimit ?? startLimit}
          autoFocus={editing.focus}
          onSave={(rateLimit) => onChoose({ choice: "limit", rateLimit })}
          onClose={close}
        />
      )}
      {editing?.what === "reason" && rule.choice === "deny" && (
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

const detailStyles =
  "min-w-0 truncate rounded text-muted text-xs underline-offset-2 not-disabled:hover:text-text not-disabled:hover:underline";

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
  return (
    <span className="flex min-w-0 items-center justify-end gap-2">
      {rule.conditionCount > 0 && (
        <Badge tone="info">
          {rule.conditionCount === 1 ? "1 condition" : `${rule.conditionCount} conditions`}
        </Badge>
      )}
      {inherited !== null && (
        <span className="whitespace-nowrap text-muted text-xs">
          {inherited === "default" ? "from default" : `from ${inherited}`}
        </span>
      )}
      {rule.choice === "limit" && rule.rateLimit && (
        <button
          type="button"
          disabled={!canEdit}
          onClick={() => onEdit("limit")}
          className={cn(detailStyles, "whitespace-nowrap")}
        >
          {limitText(rule.rateLimit)}
        </button>
      )}
      {rule.choice === "deny" && inherited === null && (
        <button
          type="button"
          disabled={!canEdit}
          onClick={() => onEdit("reason")}
          title={rule.reason}
          className={cn(detailStyles, "max-w-36")}
        >
          {rule.reason === undefined ? "Add reason" : `“${rule.reason}”`}
        </button>
      )}
    </span>
  );
}
