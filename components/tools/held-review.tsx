"use client";

import { Check } from "lucide-react";
import { useRef, useState } from "react";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { DefinitionChange } from "./definition-change.tsx";
import { Part } from "./drawer-part.tsx";
import {
  doubtSentences,
  heldLabels,
  heldSentences,
  isAcceptable,
  isReclassified,
  isSuspicious,
} from "./held-words.ts";
import type { SignalTexts, ToolView } from "./tool-view.ts";

export interface HeldReviewProps {
  /** The tools to look at; closed while none of them is held. Those accepted keep their place. */
  tools: readonly ToolView[];
  canEdit: boolean;
  signalTexts: SignalTexts;
  onAccept: (tools: readonly ToolView[]) => Promise<void>;
  onClose: () => void;
}

/** Several held definitions, each with its difference, to accept one by one or together. */
export function HeldReview({ tools, canEdit, signalTexts, onAccept, onClose }: HeldReviewProps) {
  const isOpen = tools.some(({ held }) => held !== null);
  // What was shown last stays while the drawer slides out.
  const [last, setLast] = useState(tools);
  if (isOpen && tools !== last) setLast(tools);
  const shown = isOpen ? tools : last;
  const left = shown.filter(({ held }) => held !== null);
  const acceptable = left.filter(isAcceptable);
  const content = useRef<HTMLDivElement>(null);

  return (
    <Drawer
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      initialFocus={content}
      title={left.length === 1 ? "1 tool to review" : `${left.length} tools to review`}
      description={
        acceptable.length === 0
          ? "Only the server can put this right."
          : acceptable.length === 1
            ? "Agents do not get this definition until somebody accepts it."
            : "Agents do not get these definitions until somebody accepts them."
      }
      {...(canEdit &&
        acceptable.length > 0 && {
          footer: <AcceptAll tools={acceptable} onAccept={onAccept} />,
        })}
    >
      <div ref={content} tabIndex={-1} className="grid gap-6 outline-none">
        {shown.map((tool) => (
          <Part
            key={tool.name}
            title={tool.name}
            mono
            aside={
              <span className="flex shrink-0 items-center gap-2">
                <HeldBadge held={tool.held} />
                {canEdit && shown.length > 1 && tool.held !== "duplicate" && (
                  <AcceptButton
                    size="small"
                    disabled={tool.held === null}
                    aria-label={`Accept ${tool.name}`}
                    onAccept={() => onAccept([tool])}
                  >
                    Accept
                  </AcceptButton>
                )}
              </span>
            }
          >
            {tool.held === "duplicate" ? (
              <p className="max-w-[72ch] text-sm">{heldSentences.duplicate}</p>
            ) : (
              <>
                <HeldWarnings tool={tool} signalTexts={signalTexts} />
                <DefinitionChange changes={tool.heldChanges} label={`Changes of ${tool.name}`} />
              </>
            )}
          </Part>
        ))}
      </div>
    </Drawer>
  );
}

function HeldBadge({ held }: Pick<ToolView, "held">) {
  if (held === null) return <Badge tone="positive">Accepted</Badge>;
  return <Badge tone="caution">{heldLabels[held]}</Badge>;
}

/** What to look at before accepting, a sentence each. */
export function HeldWarnings({ tool, signalTexts }: { tool: ToolView; signalTexts: SignalTexts }) {
  const { doubts, heldAs } = tool;
  // A name that MCP does not allow is said once.
  const signs = heldAs?.signs.filter((sign) => !doubts.some((doubt) => doubt === sign)) ?? [];
  const sentences = [
    ...doubts.map((doubt) => doubtSentences[doubt]),
    ...signs.map((sign) => signalTexts[sign]?.advice ?? sign),
  ];
  return (
    <>
      {sentences.map((sentence) => (
        <p key={sentence} className="max-w-[72ch] text-caution text-sm">
          {sentence}
        </p>
      ))}
      {heldAs && isReclassified(tool) && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <CategoryLabel category={tool.category} />
          <RiskMeter risk={tool.riskClass} />
          <span className="text-muted">becomes</span>
          <CategoryLabel category={heldAs.category} />
          <RiskMeter risk={heldAs.riskClass} />
        </p>
      )}
    </>
  );
}

/** Asks first when signs of tool poisoning would be accepted along with the rest. */
function AcceptAll({ tools, onAccept }: Pick<HeldReviewProps, "tools" | "onAccept">) {
  const label = tools.length === 1 ? "Accept definition" : `Accept all ${tools.length}`;
  const look = {
    variant: "primary",
    icon: <Check aria-hidden="true" className="size-4" />,
  } as const;
  const suspicious = tools.filter(isSuspicious).map(({ name }) => name);
  if (suspicious.length === 0 || tools.length === 1) {
    return (
      <AcceptButton {...look} onAccept={() => onAccept(tools)}>
        {label}
      </AcceptButton>
    );
  }
  const [first] = suspicious;
  return (
    <ConfirmDialog
      title={`${label}?`}
      consequence={`${suspicious.length === 1 ? `${first} carries` : `${suspicious.length} of them carry`} signs of tool poisoning. Agents get the text from their next list on.`}
      confirmLabel={label}
      onConfirm={() => onAccept(tools)}
      trigger={<Button {...look}>{label}</Button>}
    />
  );
}

function AcceptButton({
  onAccept,
  ...props
}: Omit<ButtonProps, "onClick" | "pending"> & { onAccept: () => Promise<void> }) {
  const [pending, setPending] = useState(false);
  return (
    <Button
      {...props}
      pending={pending}
      pendingText="Accepting"
      onClick={() => {
        setPending(true);
        void onAccept().finally(() => setPending(false));
      }}
    />
  );
}
