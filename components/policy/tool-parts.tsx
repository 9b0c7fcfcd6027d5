"use client";

import { LimitList } from "#components/limits/limit-list.tsx";
import { limitsOfTool } from "#components/limits/limits-of-tool.ts";
import { Part } from "#components/tools/drawer-part.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { type PolicyTool, toPolicyTool } from "./policy-tool.ts";
import { useToolExtras } from "./tool-extras.tsx";
import { TryPanel } from "./try-panel.tsx";

export interface ToolPartsProps {
  tool: Pick<PolicyTool, "name" | "category" | "riskClass">;
  /** The accepted one, as the server sent it. */
  definition: unknown;
}

/** In a tool's drawer: its rule with conditions, its limits in use, and a call to try. */
export function ToolParts({ tool, definition }: ToolPartsProps) {
  const extras = useToolExtras();
  if (extras === null) return null;
  const { server, canEdit, agents, policyHref } = extras;
  const usage = limitsOfTool(extras.usage, tool);
  return (
    <>
      {canEdit && (
        <ButtonLink
          size="small"
          href={`${policyHref}?tool=${encodeURIComponent(tool.name)}`}
          className="justify-self-start"
        >
          Conditions and more
        </ButtonLink>
      )}
      {usage.length > 0 && (
        <Part title="Limits in use">
          <LimitList
            usage={usage}
            server={server}
            canReset={canEdit}
            resetLimit={extras.resetLimit}
            onReset={extras.refreshUsage}
          />
        </Part>
      )}
      <Part title="Try it">
        <TryPanel
          server={server}
          tools={[toPolicyTool(tool, definition)]}
          agents={agents}
          startTool={tool.name}
          startAgent={null}
          isNarrow
          tryPolicy={extras.tryPolicy}
        />
      </Part>
    </>
  );
}
