"use client";

import { FileDiff, ShieldAlert } from "lucide-react";
import { categoryLooks } from "#components/category-label.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { Choice } from "#lib/policy/effective.ts";
import { ChoiceControl } from "./choice-control.tsx";
import type { ToolGroup } from "./tool-view.ts";

export interface GroupHeaderProps {
  group: ToolGroup;
  columns: number;
  /** A filter hides some of the group, so the header sets only what is in view. */
  filtered: boolean;
  selected: "none" | "some" | "all";
  canEdit: boolean;
  onSelect: (select: boolean) => void;
  onChoose: (choice: Choice) => void;
  onReview: () => void;
}

/** The head of a category; its control sets every tool below it. */
export function GroupHeader(props: GroupHeaderProps) {
  const { group, columns, filtered, canEdit, selected } = props;
  const label = group.id === "held" ? "Held for review" : categoryLooks[group.id].label;
  const Icon = group.id === "held" ? ShieldAlert : categoryLooks[group.id].Icon;
  return (
    <tr {...roles.row} className="max-sm:block">
      <th
        {...roles.rowHeader}
        scope="rowgroup"
        colSpan={columns}
        className="sticky top-8 z-9 border-b bg-surface px-2 pt-5 pb-1.5 text-left font-normal max-sm:static max-sm:block max-sm:px-1"
      >
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          {canEdit && (
            <span className="mr-1.5 flex max-sm:mr-0">
              <Checkbox
                aria-label={`Select all of ${label}`}
                checked={selected === "all"}
                ref={(input) => {
                  if (input) input.indeterminate = selected === "some";
                }}
                onChange={(event) => props.onSelect(event.target.checked)}
              />
            </span>
          )}
          <span className="flex items-center gap-2 font-semibold text-base">
            <Icon
              aria-hidden="true"
              className={group.id === "held" ? "size-4 text-caution" : "size-4 text-muted"}
            />
            {label}
          </span>
          <span className="text-muted text-sm">{group.tools.length}</span>
          {group.id === "held" && (
            <span className="min-w-0 text-muted text-sm">
              Agents do not get these definitions until somebody accepts them.
            </span>
          )}
          {(group.id === "held" || (canEdit && group.tools.length > 1)) && (
            <span className="ml-auto flex min-w-0 max-w-full items-center gap-2 max-sm:ml-0 max-sm:w-full max-sm:flex-wrap">
              {group.id === "held" ? (
                <Button
                  size="small"
                  variant="primary"
                  icon={<FileDiff aria-hidden="true" className="size-3.5" />}
                  onClick={props.onReview}
                >
                  {group.tools.length === 1
                    ? "Review change"
                    : `Review ${group.tools.length} changes`}
                </Button>
              ) : (
                <>
                  <span className="whitespace-nowrap text-muted text-xs">
                    {filtered ? `Set ${group.tools.length} shown` : `Set all ${group.tools.length}`}
                  </span>
                  <ChoiceControl
                    label={`Rule of all ${label} tools`}
                    value={commonChoice(group)}
                    onChoose={props.onChoose}
                  />
                </>
              )}
            </span>
          )}
        </div>
      </th>
    </tr>
  );
}

/** Spelled out, as in Table: the display values of the phone layout would drop them. */
const roles = { row: { role: "row" }, rowHeader: { role: "rowheader" } };

function commonChoice(group: ToolGroup): Choice | null {
  const own = group.tools.filter(({ rule }) => rule.source === "tool");
  const choices = new Set(own.map(({ rule }) => rule.choice));
  const [only] = choices;
  return own.length === group.tools.length && choices.size === 1 && only ? only : null;
}
