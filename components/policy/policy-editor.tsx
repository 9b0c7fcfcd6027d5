"use client";

import { useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Segmented } from "#components/ui/segmented.tsx";
import type { PolicyDocument, Rule } from "#lib/policy/document.ts";
import { toolKeyOf } from "#lib/policy/tool-key.ts";
import { CasesPanel } from "./cases-panel.tsx";
import { ConflictNote } from "./conflict-note.tsx";
import { setRules } from "./document-edits.ts";
import { ModeCard } from "./mode-card.tsx";
import { Panels } from "./panels.tsx";
import type { PolicyActions, VersionItem } from "./policy-answers.ts";
import type { PolicyTool } from "./policy-tool.ts";
import { ReplayPanel } from "./replay-panel.tsx";
import { SaveBar } from "./save-bar.tsx";
import { TryPanel } from "./try-panel.tsx";
import { type Draft, type SavedPolicy, useDraft } from "./use-draft.ts";
import { VersionsPanel } from "./versions-panel.tsx";
import { VisualEditor } from "./visual-editor.tsx";
import { YamlEditor } from "./yaml-editor.tsx";

export interface PolicyEditorProps {
  server: string;
  current: SavedPolicy;
  mode: "enforce" | "observe";
  versions: readonly VersionItem[];
  tools: readonly PolicyTool[];
  agents: readonly string[];
  canEdit: boolean;
  canReadCalls: boolean;
  callsHref: string;
  /** A call or a tool to make a rule for; its rule begins as a draft. */
  start: { tool: string; agent: string | null } | null;
  actions: PolicyActions;
}

type Side = "visual" | "yaml";
type PanelId = "try" | "cases" | "change" | "versions";

/** The policy of one server: as forms and as text, tried, tested and replayed before it is saved. */
export function PolicyEditor(props: PolicyEditorProps) {
  const { server, current, tools, canEdit, start, actions } = props;
  const draft = useDraft(
    current,
    tools,
    start === null || !canEdit ? undefined : beginRule(start.tool),
  );
  const [panel, setPanel] = useState<PanelId>("try");
  const panels = useRef<HTMLDivElement>(null);
  const [unfinished, setUnfinished] = useState<readonly string[]>([]);
  const failed = draft.results?.filter(({ ok }) => !ok).length ?? 0;

  function note(place: string, isUnfinished: boolean) {
    setUnfinished((now) => {
      const others = now.filter((each) => each !== place);
      return isUnfinished ? [...others, place] : others.length === now.length ? now : others;
    });
  }

  function show(next: PanelId) {
    setPanel(next);
    panels.current?.scrollIntoView({ block: "nearest" });
  }

  return (
    <div className="grid min-w-0 gap-5">
      <ModeCard
        server={server}
        mode={props.mode}
        canEdit={canEdit}
        canReadCalls={props.canReadCalls}
        callsHref={props.callsHref}
        setPolicyMode={actions.setPolicyMode}
        observeSummary={actions.observeSummary}
      />
      <ConflictNote draft={draft} versions={props.versions} />
      <Sides
        draft={draft}
        tools={tools}
        canEdit={canEdit}
        openTool={start === null ? null : toolKeyOf(start.tool)}
        onUnfinished={note}
      />
      {canEdit && (
        <SaveBar
          server={server}
          draft={draft}
          obstacle={obstacleOf(draft, unfinished, failed)}
          applyPolicy={actions.applyPolicy}
        />
      )}
      <div ref={panels}>
        <Panels<PanelId>
          label="Check the policy"
          value={panel}
          onChange={setPanel}
          panels={[
            {
              id: "try",
              label: "Try it",
              content: (
                <TryPanel
                  server={server}
                  tools={tools}
                  agents={props.agents}
                  text={draft.text}
                  startTool={start?.tool ?? null}
                  startAgent={start?.agent ?? null}
                  tryPolicy={actions.tryPolicy}
                  {...(canEdit && {
                    onKeep: (kept) => {
                      draft.setCases([...draft.cases, kept]);
                      show("cases");
                    },
                  })}
                />
              ),
            },
            {
              id: "cases",
              label: "Cases",
              mark: <CasesMark total={draft.cases.length} failed={failed} />,
              content: (
                <CasesPanel
                  cases={draft.cases}
                  results={draft.results}
                  canEdit={canEdit}
                  onChange={draft.setCases}
                  onTry={() => show("try")}
                />
              ),
            },
            ...(props.canReadCalls
              ? [
                  {
                    id: "change" as const,
                    label: "What would change",
                    content: (
                      <ReplayPanel
                        server={server}
                        text={draft.text}
                        isBroken={draft.problems.length > 0}
                        callsHref={props.callsHref}
                        replayPolicy={actions.replayPolicy}
                      />
                    ),
                  },
                ]
              : []),
            {
              id: "versions",
              label: "Versions",
              mark: <span className="text-muted text-xs">{current.version}</span>,
              content: (
                <VersionsPanel
                  server={server}
                  versions={props.versions}
                  current={current.version}
                  canEdit={canEdit}
                  diffPolicyVersions={actions.diffPolicyVersions}
                  restorePolicyVersion={actions.restorePolicyVersion}
                />
              ),
            },
          ]}
        />
      </div>
    </div>
  );
}

function CasesMark({ total, failed }: { total: number; failed: number }) {
  if (failed > 0) return <Badge tone="danger">{failed === 1 ? "1 fails" : `${failed} fail`}</Badge>;
  return <span className="text-muted text-xs">{total}</span>;
}

/** Both sides from 1,280 px, one of them below; either keeps what is typed while it is not in view. */
function Sides(props: {
  draft: Draft;
  tools: readonly PolicyTool[];
  canEdit: boolean;
  openTool: string | null;
  onUnfinished: (place: string, isUnfinished: boolean) => void;
}) {
  const { draft, canEdit } = props;
  const [side, setSide] = useState<Side>("visual");
  const isBroken = draft.problems.length > 0;
  return (
    <div className="grid min-w-0 gap-3">
      <div className="xl:hidden">
        <Segmented<Side>
          label="Show the policy as"
          options={[
            { value: "visual", label: "Rules" },
            { value: "yaml", label: isBroken ? `YAML (${draft.problems.length})` : "YAML" },
          ]}
          value={side}
          onValueChange={setSide}
        />
      </div>
      <div className="grid min-w-0 items-start gap-6 xl:grid-cols-2">
        <section
          aria-label="Rules as forms"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className={cn(
            "relative min-w-0 xl:max-h-[75vh] xl:-mx-1 xl:overflow-y-auto xl:p-1",
            side !== "visual" && "max-xl:hidden",
          )}
        >
          {isBroken && (
            <p
              role="status"
              className="mb-3 rounded border border-caution/40 bg-caution/6 p-2 text-sm"
            >
              The text cannot be read at the moment, so the rules below are those of before. They
              can be edited again once the problems are solved.
            </p>
          )}
          <fieldset disabled={isBroken} className="min-w-0">
            <legend className="sr-only">Rules</legend>
            <VisualEditor
              document={draft.document}
              tools={props.tools}
              canEdit={canEdit}
              openTool={props.openTool}
              onChange={draft.setDocument}
              onUnfinished={props.onUnfinished}
            />
          </fieldset>
        </section>
        <div className={cn("min-w-0", side !== "yaml" && "max-xl:hidden")}>
          <YamlEditor
            text={draft.text}
            problems={draft.problems}
            canEdit={canEdit}
            onChange={draft.setText}
          />
        </div>
      </div>
    </div>
  );
}

function obstacleOf(draft: Draft, unfinished: readonly string[], failed: number): string | null {
  const [first] = unfinished;
  if (draft.problems.length > 0) {
    return draft.problems.length === 1
      ? "Solve the problem in the text first."
      : `Solve the ${draft.problems.length} problems in the text first.`;
  }
  if (first !== undefined) return `Finish ${first} first.`;
  if (failed > 0) {
    return `${failed === 1 ? "A case fails" : `${failed} cases fail`}: change the rules, or change or remove ${failed === 1 ? "it" : "them"} under Cases.`;
  }
  if (draft.conflict !== null) return "Another version was saved: choose above.";
  return null;
}

/** A tool without a rule of its own gets one to go on from; it begins denied. */
function beginRule(tool: string): (document: PolicyDocument) => PolicyDocument {
  const key = toolKeyOf(tool);
  const begun: Rule = { action: "deny" };
  return (document) =>
    document.tools !== undefined && Object.hasOwn(document.tools, key)
      ? document
      : setRules(document, "tools", key, [begun]);
}
