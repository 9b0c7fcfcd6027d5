"use client";

import { FileDiff } from "lucide-react";
import { CallShare } from "#components/call-share.tsx";
import { ToolExtraRow } from "#components/policy/tool-extras.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Cell, Row, RowActions, RowLink } from "#components/ui/table.tsx";
import type { ToolChoice } from "#lib/policy/edit.ts";
import type { RateLimit } from "#lib/policy/types.ts";
import { heldLabels, isSuspicious } from "./held-words.ts";
import { RuleControl } from "./rule-control.tsx";
import type { ToolView } from "./tool-view.ts";

export interface ToolRowProps {
  tool: ToolView;
  href: string;
  selected: boolean;
  canEdit: boolean;
  startLimit: RateLimit;
  onSelect: (shift: boolean) => void;
  onOpen: () => void;
  onChoose: (choice: ToolChoice) => void;
  onReview: () => void;
}

/** One tool: opened by Enter or a click, its rule set by the keys 1 to 5. */
export function ToolTableRow(props: ToolRowProps) {
  const { tool, selected, canEdit } = props;
  return (
    <>
      <Row
        selected={selected}
        className="has-[+[data-extra]]:border-b-0 has-[+[data-extra]]:*:border-b-0"
      >
        {canEdit && (
          <Cell phone="start" className="w-8 max-sm:w-auto">
            <span className="relative z-1 flex">
              <Checkbox
                aria-label={`Select ${tool.name}`}
                checked={selected}
                onChange={(event) => {
                  const { nativeEvent } = event;
                  props.onSelect(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey);
                }}
              />
            </span>
          </Cell>
        )}
        <Cell phone="title" className="sm:w-full sm:max-w-0">
          <span className="flex min-w-0 items-baseline gap-x-3 gap-y-1 max-sm:flex-wrap">
            <RowLink
              href={props.href}
              scroll={false}
              prefetch={false}
              title={tool.name}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                props.onOpen();
              }}
              className="min-w-0 max-w-full shrink-0 font-mono font-normal"
            >
              {tool.name}
            </RowLink>
            <ToolBadges tool={tool} />
            <span className="min-w-0 truncate text-muted max-xl:hidden" title={tool.description}>
              {tool.description}
            </span>
          </span>
        </Cell>
        <Cell className="whitespace-nowrap text-muted max-[1400px]:hidden">
          {parametersText(tool)}
        </Cell>
        <Cell phone="aside">
          <RiskMeter risk={tool.riskClass} />
        </Cell>
        <Cell align="right" className="whitespace-nowrap max-xl:hidden">
          <CallShare calls={tool.calls24h} refused={tool.refused24h} />
        </Cell>
        <Cell
          phone="detail"
          className="max-sm:w-full max-sm:overflow-visible max-sm:pt-1 max-sm:text-text"
        >
          <RowActions className="max-sm:justify-start">
            <RuleControl
              tool={tool.name}
              rule={tool.rule}
              startLimit={props.startLimit}
              canEdit={canEdit}
              onChoose={props.onChoose}
              {...(tool.held !== null && {
                instead: <ReviewButton tool={tool.name} onReview={props.onReview} />,
              })}
              className="min-w-0 max-sm:w-full sm:w-72 xl:w-100"
            />
          </RowActions>
        </Cell>
      </Row>
      <ToolExtraRow tool={tool} columns={canEdit ? 6 : 5} />
    </>
  );
}

function ToolBadges({ tool }: { tool: ToolView }) {
  const { conditionCount } = tool.rule;
  return (
    <>
      {tool.held !== null && (
        <Badge tone="caution" className="shrink-0">
          {heldLabels[tool.held]}
        </Badge>
      )}
      {isSuspicious(tool) && (
        <Badge tone="danger" className="shrink-0">
          Suspicious
        </Badge>
      )}
      {conditionCount > 0 && (
        <Badge tone="info" className="shrink-0">
          {conditionCount === 1 ? "1 condition" : `${conditionCount} conditions`}
        </Badge>
      )}
    </>
  );
}

function ReviewButton({ tool, onReview }: { tool: string; onReview: () => void }) {
  return (
    <Button
      size="small"
      icon={<FileDiff aria-hidden="true" className="size-3.5" />}
      aria-label={`Review change of ${tool}`}
      onClick={onReview}
    >
      Review change
    </Button>
  );
}

function parametersText({ parameters: { total, required } }: ToolView): string {
  if (total === 0) return "none";
  return `${total} · ${required} required`;
}
