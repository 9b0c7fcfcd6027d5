"use client";

import { EyeOff } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import type { DefinitionCostDetail } from "#lib/proposals/cost.ts";

/**
 * What the definitions take of a model's context, and what hiding unused ones would save. Its words
 * follow every rule that is set below it, so it keeps the room of its longest ones.
 */
export function DefinitionCost({
  cost,
  proposalHref,
  canEdit,
  onHide,
}: {
  cost: DefinitionCostDetail;
  /** Where a policy for these tools is proposed. */
  proposalHref: string;
  canEdit: boolean;
  onHide: (tools: readonly string[]) => void;
}) {
  const { unused, unusedTokens } = cost;
  const [tools, them] = unused.length === 1 ? ["1 tool", "it"] : [`${unused.length} tools`, "them"];
  return (
    <div className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 text-muted text-sm sm:grid-cols-[minmax(0,1fr)_auto_auto]">
      <p className="min-h-[2lh] content-center max-sm:col-span-2">
        {costText(cost)}
        {unused.length > 0 && (
          <span className="max-sm:sr-only">
            {` ${tools} nobody called in 30 days: hiding ${them} saves about ${count(unusedTokens)}.`}
          </span>
        )}
      </p>
      {canEdit && (
        <Button
          size="small"
          variant="ghost"
          className={cn("max-sm:-ml-2 justify-self-start", unused.length === 0 && "invisible")}
          icon={<EyeOff aria-hidden="true" className="size-3.5" />}
          onClick={() => onHide(unused)}
        >
          Hide {unused.length} unused
        </Button>
      )}
      <Link href={proposalHref} className="rounded text-accent underline-offset-2 hover:underline">
        Proposed policy
      </Link>
    </div>
  );
}

function costText({ tokens, listedTokens }: DefinitionCostDetail): string {
  if (listedTokens === tokens) {
    return `These definitions take about ${count(tokens)} tokens of every conversation.`;
  }
  const all = `These definitions take about ${count(tokens)} tokens`;
  return listedTokens === 0
    ? `${all}; agents are shown none of them.`
    : `${all}; what agents are shown takes ${count(listedTokens)} of every conversation.`;
}

/** An estimate pretends to no more than two digits. */
function count(tokens: number): string {
  return Number(tokens.toPrecision(2)).toLocaleString("en");
}
