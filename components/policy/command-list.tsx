"use client";

import { useState } from "react";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { ChoiceControl } from "#components/tools/choice-control.tsx";
import { RuleControl } from "#components/tools/rule-control.tsx";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { type CommandsOfTool, differs, groupCommands } from "./commands-of-tool.ts";
import type { ToolExtras } from "./tool-extras.tsx";

/** One row for each command of a tool, by category; the tool's own row speaks for all others. */
export function CommandList({ extras, split }: { extras: ToolExtras; split: CommandsOfTool }) {
  const [query, setQuery] = useState("");
  const { canEdit, startLimit, setCommands } = extras;
  const found = split.commands.filter(({ command }) => command.includes(query.toUpperCase()));
  return (
    <div className="mt-1 mb-2 ml-6 grid min-w-0 gap-3 rounded border bg-sunken p-3 max-sm:ml-0">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="max-w-[72ch] text-muted text-sm">
          Read from <code className="font-mono">{split.path}</code>
          {split.joinedWith !== null && (
            <>
              {" "}
              and <code className="font-mono">{split.joinedWith}</code>
            </>
          )}
          , in any case. The rule of {split.tool} itself holds for every other command.
        </p>
        <Input
          aria-label={`Find a command of ${split.tool}`}
          placeholder="Find a command"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className="w-48"
        />
      </div>
      {groupCommands(found).map(({ category, commands }) => (
        <section
          key={category}
          aria-label={`${category} commands of ${split.tool}`}
          className="grid min-w-0 gap-1"
        >
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <CategoryLabel category={category} />
            <span className="text-muted text-sm">{commands.length}</span>
            {canEdit && commands.length > 1 && (
              <span className="ml-auto max-w-full max-sm:ml-0">
                <ChoiceControl
                  label={`Rule of all ${category} commands of ${split.tool}`}
                  value={null}
                  onChoose={(choice) =>
                    setCommands(
                      split.tool,
                      commands.map(({ command }) => command),
                      { choice },
                    )
                  }
                />
              </span>
            )}
          </div>
          <ul className="grid min-w-0 divide-y rounded border bg-raised">
            {commands.map(({ command, riskClass, rule }) => (
              <li
                key={command}
                data-row=""
                className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-2 py-1"
              >
                <code className="min-w-0 flex-1 basis-32 break-words font-mono text-sm">
                  {command}
                </code>
                {differs(rule, split.others) && canEdit && (
                  <Button
                    size="small"
                    variant="ghost"
                    aria-label={`Remove the rule of ${command}`}
                    onClick={() => setCommands(split.tool, [command], null)}
                  >
                    Own rule, remove
                  </Button>
                )}
                <RiskMeter risk={riskClass} />
                <RuleControl
                  tool={`${command} of ${split.tool}`}
                  rule={
                    // Drawn as inherited, with the tool as its origin.
                    differs(rule, split.others)
                      ? rule
                      : { ...rule, source: "class", rule: split.tool }
                  }
                  startLimit={startLimit}
                  canEdit={canEdit}
                  onChoose={(choice) => setCommands(split.tool, [command], choice)}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
