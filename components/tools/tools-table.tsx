"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useEffectEvent, useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { NoMatch } from "#components/ui/empty-state.tsx";
import { HeaderCell, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { RateLimit } from "#lib/policy/types.ts";
import type { DefinitionCostDetail } from "#lib/proposals/cost.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { DefinitionCost } from "./definition-cost.tsx";
import { GroupHeader } from "./group-header.tsx";
import { HeldReview } from "./held-review.tsx";
import { isAcceptable } from "./held-words.ts";
import { MoreTools } from "./more-tools.tsx";
import { type ReadCalls, type ReadDefinitions, type ReadTool, ToolDrawer } from "./tool-drawer.tsx";
import { ToolFilters, useToolFilter } from "./tool-filters.tsx";
import { ToolTableRow } from "./tool-row.tsx";
import { filterTools, groupTools, type SignalTexts, type ToolView } from "./tool-view.ts";
import { type SavedRules, useRules } from "./use-rules.ts";
import { useSelection } from "./use-selection.ts";

export interface ToolsTableProps {
  server: string;
  tools: readonly ToolView[];
  policyVersion: number;
  startLimit: RateLimit;
  canEdit: boolean;
  callsHref: string;
  setToolRules: Action<SavedRules>;
  acceptTools: Action<{ accepted: string[] }>;
  overrideTool: Action<unknown>;
  clearOverride: Action<unknown>;
  readTool: ReadTool;
  readCalls: ReadCalls;
  readDefinitions: ReadDefinitions;
  cost: DefinitionCostDetail;
  proposalHref: string;
  signalTexts: SignalTexts;
}

/** Every tool of a server with its rule, grouped by category, the worst first. */
export function ToolsTable(props: ToolsTableProps) {
  const { server, canEdit, startLimit } = props;
  const rules = useRules(props);
  const filter = useToolFilter();
  const pathname = usePathname();
  const params = useSearchParams();
  const groups = groupTools(filterTools(rules.tools, filter));
  const shown = groups.flatMap((group) => group.tools);
  const selection = useSelection(shown.map((tool) => tool.name));
  const columns = canEdit ? 6 : 5;
  const [reviewed, setReviewed] = useState<readonly ToolView[]>([]);
  const inReview = reviewed.flatMap((tool) => {
    const now = rules.tools.find(({ name }) => name === tool.name);
    if (now === undefined) return [];
    // An accepted one still shows what was accepted.
    return [now.held === null ? { ...tool, held: null } : now];
  });
  if (reviewed.length > 0 && inReview.every(({ held }) => held === null)) setReviewed([]);
  const opened = rules.tools.find((tool) => tool.name === params.get("tool"));
  const isFiltered = shown.length < rules.tools.length;

  useEscape(selection.names.size > 0, selection.clear);

  function addressOf(tool: string | null): string {
    const next = new URLSearchParams(params);
    if (tool === null) next.delete("tool");
    else next.set("tool", tool);
    const query = next.toString();
    return query === "" ? pathname : `${pathname}?${query}`;
  }

  function review(tools: readonly ToolView[]) {
    setReviewed(tools.filter(({ held }) => held !== null));
  }

  async function accept(tools: readonly ToolView[]) {
    const held = tools
      .filter(isAcceptable)
      .flatMap(({ name, heldDigest }) => (heldDigest === null ? [] : [{ name, heldDigest }]));
    const accepted = await runAction(props.acceptTools, { server, tools: held });
    if (!accepted.ok) {
      showToast({
        tone: "failed",
        title: "Nothing was accepted",
        description: accepted.error.message,
      });
      return;
    }
    const [first = ""] = accepted.data.accepted;
    const count = accepted.data.accepted.length;
    showToast({
      title: count === 1 ? `${first} is accepted` : `${count} tools are accepted`,
      description: "Agents get the new definition from their next list on.",
    });
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <ToolFilters shown={shown.length} total={rules.tools.length} />
      <DefinitionCost
        cost={props.cost}
        proposalHref={props.proposalHref}
        canEdit={canEdit}
        onHide={(names) => rules.setRule(names, { choice: "hide" })}
      />
      {shown.length === 0 ? (
        <NoMatch what="tools" clearHref={pathname} />
      ) : (
        <Table label="Tools">
          <TableHead>
            {canEdit && (
              <HeaderCell>
                <span className="sr-only">Select</span>
              </HeaderCell>
            )}
            <HeaderCell>Tool</HeaderCell>
            <HeaderCell className="max-[1400px]:hidden">Parameters</HeaderCell>
            <HeaderCell>Risk</HeaderCell>
            <HeaderCell align="right" className="max-xl:hidden">
              Calls, 24 h
            </HeaderCell>
            <HeaderCell align="right">Rule</HeaderCell>
          </TableHead>
          {groups.map((group) => (
            <TableBody key={group.id}>
              <GroupHeader
                group={group}
                columns={columns}
                filtered={isFiltered}
                selected={selection.stateOf(group.tools.map((tool) => tool.name))}
                canEdit={canEdit}
                onSelect={(select) =>
                  selection.selectAll(
                    group.tools.map((tool) => tool.name),
                    select,
                  )
                }
                onChoose={(choice) =>
                  rules.setRule(
                    group.tools.map((tool) => tool.name),
                    { choice },
                  )
                }
                onReview={() => review(group.tools)}
              />
              <MoreTools tools={group.tools} columns={columns} shown={shown.length}>
                {(tool) => (
                  <ToolTableRow
                    key={tool.name}
                    tool={tool}
                    href={addressOf(tool.name)}
                    selected={selection.names.has(tool.name)}
                    canEdit={canEdit}
                    startLimit={startLimit}
                    onSelect={(shift) => selection.toggle(tool.name, shift)}
                    onOpen={() => window.history.pushState(null, "", addressOf(tool.name))}
                    onChoose={(choice) => rules.setRule([tool.name], choice)}
                    onReview={() => review([tool])}
                  />
                )}
              </MoreTools>
            </TableBody>
          ))}
        </Table>
      )}
      <BulkBar
        count={selection.names.size}
        heldCount={
          shown.filter((tool) => tool.held !== null && selection.names.has(tool.name)).length
        }
        onChoose={(choice) => rules.setRule([...selection.names], choice && { choice })}
        onReview={() => review(shown.filter((tool) => selection.names.has(tool.name)))}
        onClear={selection.clear}
      />
      <HeldReview
        tools={inReview}
        canEdit={canEdit}
        signalTexts={props.signalTexts}
        onAccept={accept}
        onClose={() => setReviewed([])}
      />
      <ToolDrawer
        server={server}
        tool={opened}
        startLimit={startLimit}
        canEdit={canEdit}
        callsHref={props.callsHref}
        signalTexts={props.signalTexts}
        readTool={props.readTool}
        readCalls={props.readCalls}
        readDefinitions={props.readDefinitions}
        overrideTool={props.overrideTool}
        clearOverride={props.clearOverride}
        onChoose={(choice) => opened && rules.setRule([opened.name], choice)}
        onAccept={() => (opened ? accept([opened]) : Promise.resolve())}
        onClose={() => window.history.replaceState(null, "", addressOf(null))}
      />
    </div>
  );
}

function useEscape(active: boolean, onEscape: () => void) {
  const onKey = useEffectEvent(onEscape);
  useEffect(() => {
    if (!active) return;
    function handle(event: KeyboardEvent) {
      const isElsewhere =
        event.target instanceof HTMLElement &&
        event.target.closest("input[type=text], [role=dialog]");
      if (event.key === "Escape" && !event.defaultPrevented && !isElsewhere) onKey();
    }
    document.addEventListener("keydown", handle);
    return () => document.removeEventListener("keydown", handle);
  }, [active]);
}
