"use client";

import { useRef, useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { showToast } from "#components/ui/toast.tsx";
import { useUnloadWarning } from "#components/use-unload-warning.ts";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { EffectiveRule } from "#lib/policy/effective.ts";
import { toolKeyOf } from "#lib/policy/tool-key.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import { choiceDone } from "./rule-words.ts";
import type { ToolView } from "./tool-view.ts";

export interface SavedRules {
  version: number;
  tools: { name: string; rule: EffectiveRule }[];
}

export interface Rules {
  /** The tools with what was chosen here, saved or on its way. */
  tools: ToolView[];
  saving: ReadonlySet<string>;
  /** Saves one choice for all named tools at once; null hands them back to class and default. */
  setRule: (names: readonly string[], choice: ToolChoice | null) => void;
}

interface Override {
  rule: EffectiveRule;
  /** The policy version that has it; null while it is being saved. */
  version: number | null;
  ticket: number;
}

/** Rules that show at once and are taken back, with the reason, when saving fails. */
export function useRules(options: {
  server: string;
  tools: readonly ToolView[];
  policyVersion: number;
  startLimit: RateLimit;
  setToolRules: Action<SavedRules>;
}): Rules {
  const { server, tools, policyVersion, startLimit, setToolRules } = options;
  const [overrides, setOverrides] = useState<ReadonlyMap<string, Override>>(new Map());
  const queue = useRef<Promise<void>>(Promise.resolve());
  const tickets = useRef(0);

  const shown = tools.map((tool) => {
    const override = overrides.get(tool.name);
    const isAhead = override && (override.version === null || override.version > policyVersion);
    return isAhead ? { ...tool, rule: override.rule } : tool;
  });

  function update(
    names: readonly string[],
    ticket: number,
    next: (name: string) => Override | null,
  ) {
    setOverrides((now) => {
      const changed = new Map(now);
      for (const name of names) {
        const present = changed.get(name);
        if (present && present.ticket > ticket) continue;
        const override = next(name);
        if (override) changed.set(name, override);
        else changed.delete(name);
      }
      return changed;
    });
  }

  function setRule(names: readonly string[], choice: ToolChoice | null, undoOf?: string) {
    const before = shown.filter((tool) => names.includes(tool.name));
    if (before.length === 0) return;
    const ticket = ++tickets.current;
    const ruleBefore = new Map(before.map((tool) => [tool.name, tool.rule]));
    update(names, ticket, (name) => {
      const previous = ruleBefore.get(name);
      if (!previous) return null;
      return { rule: expectedRule(previous, choice, startLimit), version: null, ticket };
    });
    queue.current = queue.current.then(async () => {
      const saved = await runAction(setToolRules, { server, tools: names, rule: choice });
      if (!saved.ok) {
        update(names, ticket, () => null);
        showToast({
          tone: "failed",
          title: "The rule was not saved",
          description: saved.error.message,
        });
        return;
      }
      const rules = new Map(saved.data.tools.map(({ name, rule }) => [name, rule]));
      update(names, ticket, (name) => {
        const rule = rules.get(name);
        return rule ? { rule, version: saved.data.version, ticket } : null;
      });
      showToast({
        title: undoOf ?? doneText(names, choice),
        description: strongerRule(saved.data, choice) ?? "Takes effect on the next call.",
        ...(undoOf === undefined && { onUndo: () => undo(before) }),
      });
    });
  }

  function undo(before: readonly ToolView[]) {
    const bySame = Map.groupBy(before, (tool) => JSON.stringify(ownChoice(tool)));
    for (const same of bySame.values()) {
      const [first] = same;
      if (!first) continue;
      const names = same.map((tool) => tool.name);
      setRule(names, ownChoice(first), `${subjectOf(names)} as before`);
    }
  }

  const saving = new Set(
    [...overrides].filter(([, o]) => o.version === null).map(([name]) => name),
  );
  useUnloadWarning(saving.size > 0);
  return { tools: shown, saving, setRule };
}

/** What the server will answer, as far as it can be known here. */
export function expectedRule(
  previous: EffectiveRule,
  choice: ToolChoice | null,
  startLimit: RateLimit,
): EffectiveRule {
  if (choice === null) return previous;
  const { conditionCount, rule } = previous;
  return {
    choice: choice.choice,
    source: "tool",
    rule,
    ...(choice.choice === "limit" && { rateLimit: choice.rateLimit ?? startLimit }),
    ...(choice.reason !== undefined && { reason: choice.reason }),
    conditionCount,
  };
}

/** The choice that brings a tool's own rule back; null when it had none of its own. */
function ownChoice(tool: ToolView): ToolChoice | null {
  const { source, rule, choice, rateLimit, reason } = tool.rule;
  if (source !== "tool" || rule !== `tools.${toolKeyOf(tool.name)}`) return null;
  return { choice, ...(rateLimit && { rateLimit }), ...(reason !== undefined && { reason }) };
}

function strongerRule(saved: SavedRules, choice: ToolChoice | null): string | undefined {
  const other = saved.tools.find(({ rule }) => choice !== null && rule.choice !== choice.choice);
  return other && `${other.rule.rule} is stricter and still decides for ${other.name}.`;
}

function doneText(names: readonly string[], choice: ToolChoice | null): string {
  const verb = names.length === 1 ? "is" : "are";
  if (choice === null) return `${subjectOf(names)} ${verb} back to the inherited rule`;
  return `${subjectOf(names)} ${verb} now ${choiceDone[choice.choice]}`;
}

function subjectOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : `${names.length} tools`;
}
