"use client";

import { Check } from "lucide-react";
import { useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/drawer.tsx";
import { DefinitionChange } from "./definition-change.tsx";
import { Part } from "./drawer-part.tsx";
import type { ToolView } from "./tool-view.ts";

export interface HeldReviewProps {
  /** The held tools to look at; none: closed. */
  tools: readonly ToolView[];
  canEdit: boolean;
  onAccept: (tools: readonly ToolView[]) => Promise<void>;
  onClose: () => void;
}

/** Several held definitions, each with its difference, to accept one by one or together. */
export function HeldReview({ tools, canEdit, onAccept, onClose }: HeldReviewProps) {
  const [pending, setPending] = useState<string | null>(null);
  // What was shown last stays while the drawer slides out.
  const [last, setLast] = useState(tools);
  if (tools.length > 0 && tools !== last) setLast(tools);
  const shown = tools.length > 0 ? tools : last;
  const content = useRef<HTMLDivElement>(null);

  function accept(which: string, chosen: readonly ToolView[]) {
    setPending(which);
    void onAccept(chosen).finally(() => setPending(null));
  }

  return (
    <Drawer
      open={tools.length > 0}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      initialFocus={content}
      title={shown.length === 1 ? "1 tool to review" : `${shown.length} tools to review`}
      description={
        shown.length === 1
          ? "Agents do not get this definition until somebody accepts it."
          : "Agents do not get these definitions until somebody accepts them."
      }
      {...(canEdit && {
        footer: (
          <Button
            variant="primary"
            pending={pending === ""}
            pendingText="Accepting"
            icon={<Check aria-hidden="true" className="size-4" />}
            onClick={() => accept("", shown)}
          >
            {shown.length === 1 ? "Accept definition" : `Accept all ${shown.length}`}
          </Button>
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
                <Badge tone="caution">{tool.held === "new" ? "New" : "Changed"}</Badge>
                {canEdit && shown.length > 1 && (
                  <Button
                    size="small"
                    pending={pending === tool.name}
                    pendingText="Accepting"
                    aria-label={`Accept ${tool.name}`}
                    onClick={() => accept(tool.name, [tool])}
                  >
                    Accept
                  </Button>
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
