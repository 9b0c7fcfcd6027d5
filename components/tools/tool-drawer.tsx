"use client";

import { Check } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { CategoryLabel } from "#components/category-label.tsx";
import { ToolParts } from "#components/policy/tool-parts.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { ErrorState } from "#components/ui/empty-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CallRow } from "#lib/calls/calls.ts";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import type { DefinitionRow } from "#lib/tools/history.ts";
import type { ToolRow } from "#lib/tools/tools.ts";
import { DefinitionChange } from "./definition-change.tsx";
import { DefinitionView } from "./definition-view.tsx";
import { Part } from "./drawer-part.tsx";
import { HeldWarnings } from "./held-review.tsx";
import { heldLabels, heldSentences, isAcceptable } from "./held-words.ts";
import { RuleControl } from "./rule-control.tsx";
import { inheritedFrom } from "./rule-words.ts";
import { ToolCalls } from "./tool-calls.tsx";
import { ToolClass } from "./tool-class.tsx";
import { ToolHistory } from "./tool-history.tsx";
import { ToolOverride } from "./tool-override.tsx";
import type { SignalTexts, ToolView } from "./tool-view.ts";
import { visibleText } from "./visible-text.ts";

export type ReadTool = Action<ToolRow>;
export type ReadCalls = Action<{ calls: CallRow[] }>;
export type ReadDefinitions = Action<DefinitionRow[]>;

export interface ToolDrawerProps {
  server: string;
  /** Undefined: closed. */
  tool: ToolView | undefined;
  startLimit: RateLimit;
  canEdit: boolean;
  callsHref: string;
  signalTexts: SignalTexts;
  readTool: ReadTool;
  readCalls: ReadCalls;
  readDefinitions: ReadDefinitions;
  overrideTool: Action<unknown>;
  clearOverride: Action<unknown>;
  onChoose: (choice: ToolChoice | null) => void;
  onAccept: () => Promise<void>;
  onClose: () => void;
}

/** Everything about one tool beside the table it was opened from. */
export function ToolDrawer(props: ToolDrawerProps) {
  const { tool, onClose } = props;
  // What was shown last stays while the drawer slides out.
  const [last, setLast] = useState(tool);
  if (tool && tool !== last) setLast(tool);
  const shown = tool ?? last;
  // Not on a control: the arrow keys scroll from here, and the keys 1 to 5 still set the rule.
  const content = useRef<HTMLDivElement>(null);
  return (
    <Drawer
      open={tool !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      initialFocus={content}
      title={<span className="break-all font-mono">{shown?.name}</span>}
      description={shown && <DrawerSummary tool={shown} />}
    >
      {shown && <DrawerContent key={shown.name} {...props} tool={shown} root={content} />}
    </Drawer>
  );
}

function DrawerSummary({ tool }: { tool: ToolView }) {
  return (
    <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <CategoryLabel category={tool.category} />
      <RiskMeter risk={tool.riskClass} />
      {tool.held && <Badge tone="caution">{heldLabels[tool.held]}, held</Badge>}
    </span>
  );
}

function AcceptButton({ onAccept }: { onAccept: () => Promise<void> }) {
  const [pending, setPending] = useState(false);
  return (
    <Button
      variant="primary"
      size="small"
      pending={pending}
      pendingText="Accepting"
      icon={<Check aria-hidden="true" className="size-3.5" />}
      onClick={() => {
        setPending(true);
        void onAccept().finally(() => setPending(false));
      }}
    >
      Accept definition
    </Button>
  );
}

interface DrawerContentProps extends ToolDrawerProps {
  tool: ToolView;
  root: RefObject<HTMLDivElement | null>;
}

function DrawerContent(props: DrawerContentProps) {
  const { server, tool, readTool, readCalls, readDefinitions, canEdit } = props;
  const [detail, setDetail] = useState<ToolRow | null>(null);
  const [calls, setCalls] = useState<CallRow[] | null>(null);
  const [versions, setVersions] = useState<DefinitionRow[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  // Counts what was changed here and has to be read again.
  const [changes, setChanges] = useState(0);
  const { name, heldDigest } = tool;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed definition is read again
  useEffect(() => {
    let isCurrent = true;
    async function read() {
      const found = await runAction(readTool, { server, tool: name });
      if (!isCurrent) return;
      if (!found.ok) return setFailure(found.error.message);
      setDetail(found.data);
      const recent = await runAction(readCalls, { server, tool: name, limit: 5 });
      if (isCurrent) setCalls(recent.ok ? recent.data.calls : []);
      const seen = await runAction(readDefinitions, { server, tool: name });
      if (isCurrent) setVersions(seen.ok ? seen.data : []);
    }
    void read();
    return () => {
      isCurrent = false;
    };
  }, [server, name, heldDigest, changes, readTool, readCalls, readDefinitions]);

  const inherited = inheritedFrom(tool.rule);
  return (
    <div ref={props.root} tabIndex={-1} className="grid gap-6 outline-none" data-row="">
      {tool.description !== "" && (
        <p className="max-w-[72ch] whitespace-pre-line text-base">
          {visibleText(tool.description)}
        </p>
      )}
      <Part title="Rule">
        <RuleControl
          tool={`${tool.name}, in detail`}
          rule={tool.rule}
          startLimit={props.startLimit}
          canEdit={canEdit}
          onChoose={props.onChoose}
          className="justify-items-start sm:[&>div]:flex-row-reverse"
        />
        {inherited === null && canEdit && (
          <Button
            size="small"
            variant="ghost"
            className="-ml-2 justify-self-start"
            onClick={() => props.onChoose(null)}
          >
            Remove this rule and inherit
          </Button>
        )}
        {tool.rule.conditionCount > 0 && (
          <p className="max-w-[72ch] text-muted text-sm">
            Calls that meet a condition are decided by that rule; the choice above is for all
            others.
          </p>
        )}
      </Part>
      {tool.held && (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded border border-caution/40 bg-caution/6 px-3 py-2">
          <div className="grid min-w-0 flex-1 basis-64 gap-1">
            <p className="text-sm">{heldSentences[tool.held]}</p>
            <HeldWarnings tool={tool} signalTexts={props.signalTexts} />
          </div>
          {canEdit && isAcceptable(tool) && <AcceptButton onAccept={props.onAccept} />}
        </div>
      )}
      {failure !== null && (
        <ErrorState title="The definition could not be read" description={failure} />
      )}
      {failure === null && !detail && <DrawerSkeleton />}
      {detail && (
        <>
          {detail.state === "held" && tool.held !== "duplicate" && (
            <Part title={detail.isNew ? "What it would be" : "What changed"}>
              <DefinitionChange changes={detail.heldChanges} />
            </Part>
          )}
          <Part title="Class">
            <ToolClass tool={detail} signalTexts={props.signalTexts} />
            <ToolOverride
              server={server}
              tool={detail}
              canEdit={canEdit}
              overrideTool={props.overrideTool}
              clearOverride={props.clearOverride}
              onChanged={() => setChanges(changes + 1)}
            />
          </Part>
          <ToolParts tool={tool} definition={detail.definition} />
          <DefinitionView definition={detail.heldDefinition ?? detail.definition} />
          <Part title="Definitions on record">
            <ToolHistory versions={versions} />
          </Part>
          <Part title="Last calls">
            <ToolCalls
              calls={calls}
              href={`${props.callsHref}?tool=${encodeURIComponent(tool.name)}`}
            />
          </Part>
        </>
      )}
    </div>
  );
}

function DrawerSkeleton() {
  return (
    <div role="status" className="grid gap-3">
      <span className="sr-only">Reading the definition</span>
      <Skeleton className="w-24" />
      <Skeleton className="h-16" />
      <Skeleton className="w-24" />
      <Skeleton className="h-40" />
    </div>
  );
}
