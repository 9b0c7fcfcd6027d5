"use client";

import { useRef, useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { expectedRule } from "#components/tools/use-rules.ts";
import { showToast } from "#components/ui/toast.tsx";
import { useUnloadWarning } from "#components/use-unload-warning.ts";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import type { CommandsOfTool } from "./commands-of-tool.ts";

export type SavedCommands = { version: number } & CommandsOfTool;

interface Change {
  ticket: number;
  tool: string;
  commands: readonly string[];
  choice: ToolChoice | null;
}

/** Rules of commands that show at once and are taken back, with the reason, when saving fails. */
export function useCommandRules(options: {
  server: string;
  splits: readonly CommandsOfTool[];
  policyVersion: number;
  startLimit: RateLimit;
  setCommandRules: Action<SavedCommands>;
}) {
  const { server, splits, policyVersion, startLimit, setCommandRules } = options;
  const [saved, setSaved] = useState<ReadonlyMap<string, SavedCommands>>(new Map());
  // On their way, in the order in which they were chosen.
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const tickets = useRef(0);

  useUnloadWarning(changes.length > 0);

  const shown = splits.map((split) => {
    const answer = saved.get(split.tool);
    const start = answer !== undefined && answer.version > policyVersion ? answer : split;
    return changes
      .filter(({ tool }) => tool === split.tool)
      .reduce((now, change) => withChange(now, change, startLimit), start);
  });

  async function save(change: Change): Promise<void> {
    const { tool, commands, choice } = change;
    const answer = await runAction(setCommandRules, { server, tool, commands, rule: choice });
    setChanges((now) => now.filter(({ ticket }) => ticket !== change.ticket));
    if (!answer.ok) {
      return showToast({
        tone: "failed",
        title: "The rule was not saved",
        description: answer.error.message,
      });
    }
    setSaved((now) => new Map(now).set(tool, answer.data));
    const [first = ""] = commands;
    const subject = commands.length === 1 ? first : `${commands.length} commands`;
    const done = choice === null ? "as all other commands" : choice.choice;
    showToast({
      title: `${subject} of ${tool}: ${done}`,
      description: "Takes effect on the next call.",
    });
  }

  function setCommands(tool: string, commands: readonly string[], choice: ToolChoice | null): void {
    const change = { ticket: ++tickets.current, tool, commands, choice };
    setChanges((now) => [...now, change]);
    queue.current = queue.current.then(() => save(change));
  }

  return { splits: shown, setCommands };
}

/** What the server will answer, as far as it can be known here. */
function withChange(
  split: CommandsOfTool,
  { commands, choice }: Change,
  startLimit: RateLimit,
): CommandsOfTool {
  const named = new Set(commands);
  return {
    ...split,
    commands: split.commands.map((row) => {
      if (!named.has(row.command)) return row;
      const rule = choice === null ? split.others : expectedRule(row.rule, choice, startLimit);
      return { ...row, rule };
    }),
  };
}
