"use client";

import { EyeOff } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";
import type { DefinitionCostDetail } from "#lib/proposals/cost.ts";

/** What the definitions take of a model's context, and what hiding unused ones would save. */
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
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm">
      <p>
        {costText(cost)}
        {unused.length > 0 &&
          ` ${tools} nobody called in 30 days: hiding ${them} saves about ${count(unusedTokens)}.`}
      </p>
      {unused.length > 0 && canEdit && (
        <Button
          size="small"
          variant="ghost"
          className="max-sm:-ml-2"
          icon={<EyeOff aria-hidden="true" className="size-3.5" />}
          onClick={() => onHide(unused)}
        >
          Hide {unused.length} unused
        </Button>
      )}
      <Link
        href={proposalHref}
        className="ml-auto rounded text-accent underline-offset-2 hover:underline max-sm:ml-0"
      >
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
