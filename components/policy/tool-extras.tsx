"use client";

import { createContext, type ReactNode, useContext, useState } from "react";
import { type ResetLimit, usageText } from "#components/limits/limit-list.tsx";
import { limitsOfTool } from "#components/limits/limits-of-tool.ts";
import { useLimitUsage } from "#components/limits/use-limit-usage.ts";
import type { Action } from "#components/run-action.ts";
import { UsageBar } from "#components/ui/sparkline.tsx";
import type { LimitUsageRow } from "#lib/limits/limits.ts";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import type { TrialDetail } from "#lib/rules/try.ts";
import { CommandList } from "./command-list.tsx";
import type { CommandsOfTool } from "./commands-of-tool.ts";
import type { PolicyTool } from "./policy-tool.ts";
import { type SavedCommands, useCommandRules } from "./use-command-rules.ts";

export interface ToolExtrasProps {
  server: string;
  policyVersion: number;
  canEdit: boolean;
  startLimit: RateLimit;
  agents: readonly string[];
  splits: readonly CommandsOfTool[];
  usage: readonly LimitUsageRow[];
  policyHref: string;
  setCommandRules: Action<SavedCommands>;
  readUsage: Action<LimitUsageRow[]>;
  resetLimit: ResetLimit;
  tryPolicy: Action<TrialDetail>;
}

export interface ToolExtras extends ToolExtrasProps {
  refreshUsage: () => void;
  setCommands: (tool: string, commands: readonly string[], choice: ToolChoice | null) => void;
}

const Extras = createContext<ToolExtras | null>(null);

/** What the policy adds to the table of tools: commands, limits in use, trying a call. */
export function ToolExtrasProvider(props: ToolExtrasProps & { children: ReactNode }) {
  const { server, children } = props;
  const { usage, refresh } = useLimitUsage(props.readUsage, { server }, props.usage);
  const { splits, setCommands } = useCommandRules(props);

  return (
    <Extras value={{ ...props, usage, splits, refreshUsage: refresh, setCommands }}>
      {children}
    </Extras>
  );
}

/** Null outside the provider. */
export function useToolExtras(): ToolExtras | null {
  return useContext(Extras);
}

export interface ToolExtraRowProps {
  tool: Pick<PolicyTool, "name" | "category" | "riskClass">;
  columns: number;
}

/**
 * Below a tool's row: what is used of its limits, and its commands when it has any. Slots are taken
 * and freed all the time, so the row stays once there was something to show.
 */
export function ToolExtraRow({ tool, columns }: ToolExtraRowProps) {
  const extras = useToolExtras();
  const [isOpen, setIsOpen] = useState(false);
  const [wasUsed, setWasUsed] = useState(false);
  if (extras === null) return null;
  const split = extras.splits.find((each) => each.tool === tool.name);
  const usage = limitsOfTool(extras.usage, tool).filter(({ target }) => target !== "all_tools");
  if (usage.length > 0 && !wasUsed) setWasUsed(true);
  if (split === undefined && usage.length === 0 && !wasUsed) return null;
  return (
    <tr {...roles.row} data-extra="" className="max-sm:block">
      <td {...roles.cell} colSpan={columns} className="border-b px-2 pb-1.5 max-sm:block">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pl-10 text-muted text-xs max-sm:pl-0">
          {split && (
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
              className="rounded underline-offset-2 hover:text-text hover:underline pointer-coarse:min-h-11"
            >
              {isOpen ? "Hide" : "Show"} {split.commands.length} commands
              <span className="sr-only"> of {tool.name}</span>
            </button>
          )}
          {usage.slice(0, 3).map((row) => (
            <span key={row.key} className="inline-flex items-center gap-2 tabular-nums">
              <UsageBar used={row.used} max={row.max} label={`${tool.name}: ${usageText(row)}`} />
              {usageText(row)} · {row.owner.name}
            </span>
          ))}
          {usage.length === 0 && wasUsed && <span>No limit is in use at the moment.</span>}
          {usage.length > 3 && <span>and {usage.length - 3} more</span>}
        </div>
        {isOpen && split && <CommandList extras={extras} split={split} />}
      </td>
    </tr>
  );
}

/** Spelled out, as in Table: the display values of the phone layout would drop them. */
const roles = { row: { role: "row" }, cell: { role: "cell" } };
