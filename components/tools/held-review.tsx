"use client";

import { Check } from "lucide-react";
import { useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { DefinitionChange } from "./definition-change.tsx";
import { Part } from "./drawer-part.tsx";
import type { ToolView } from "./tool-view.ts";

export interface HeldReviewProps {
  /** The tools to look at; closed while none of them is held. Those accepted keep their place. */
  tools: readonly ToolView[];
  canEdit: boolean;
  onAccept: (tools: readonly ToolView[]) => Promise<void>;
  onClose: () => void;
}

/** Several held definitions, each with its difference, to accept one by one or together. */
export function HeldReview({ tools, canEdit, onAccept, onClose }: HeldReviewProps) {
  const isOpen = tools.some(({ held }) => held !== null);
  // What was shown last stays while the drawer slides out.
  const [last, setLast] = useState(tools);
  if (isOpen && tools !== last) setLast(tools);
  const shown = isOpen ? tools : last;
  const left = shown.filter(({ held }) => held !== null);
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
        left.length === 1
          ? "Agents do not get this definition until somebody accepts it."
          : "Agents do not get these definitions until somebody accepts them."
      }
      {...(canEdit && {
        footer: (
          <AcceptButton
            variant="primary"
            icon={<Check aria-hidden="true" className="size-4" />}
            onAccept={() => onAccept(left)}
          >
            {left.length === 1 ? "Accept definition" : `Accept all ${left.length}`}
          </AcceptButton>
        ),
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
                {canEdit && shown.length > 1 && (
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
            <DefinitionChange changes={tool.heldChanges} label={`Changes of ${tool.name}`} />
          </Part>
        ))}
      </div>
    </Drawer>
  );
}

function HeldBadge({ held }: Pick<ToolView, "held">) {
  if (held === null) return <Badge tone="positive">Accepted</Badge>;
  return <Badge tone="caution">{held === "new" ? "New" : "Changed"}</Badge>;
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
