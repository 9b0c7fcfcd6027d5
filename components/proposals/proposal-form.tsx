"use client";

import { useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CheckboxField } from "#components/ui/checkbox.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ProposalDetail, ProposedRuleRow } from "#lib/proposals/proposals.ts";
import { ProposedRule } from "./proposed-rule.tsx";

export interface ProposalFormProps {
  server: string;
  proposal: ProposalDetail;
  canEdit: boolean;
  toolsHref: string;
  acceptProposal: Action<{ version: number; tools: string[] }>;
}

/** The proposed policy line by line; what is ticked enters the policy as one new version. */
export function ProposalForm(props: ProposalFormProps) {
  const { server, proposal, canEdit } = props;
  const { lines, version } = proposal;
  const open = lines.filter(({ change }) => change !== "same");
  const settled = lines.filter(({ change }) => change === "same");
  const [chosen, setChosen] = useState(() => new Set(startWith(lines)));
  const [deny, setDeny] = useState(proposal.allowsByDefault);
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
  const tools = open.map(({ tool }) => tool).filter((tool) => chosen.has(tool));
  const isAll = tools.length === open.length;
  const count = tools.length + (deny ? 1 : 0);

  async function accept() {
    setPending(true);
    setFailure(undefined);
    const accepted = await runAction(props.acceptProposal, {
      server,
      tools,
      denyByDefault: deny,
      seen: proposal.mark,
    });
    setPending(false);
    if (!accepted.ok) return setFailure(accepted.error.message);
    showToast({
      title: `The policy is now version ${accepted.data.version}`,
      description: `${tools.length === 1 ? "1 rule was" : `${tools.length} rules were`} taken over. They hold for the next call.`,
    });
    setChosen(new Set());
    setDeny(false);
  }

  function toggle(tool: string) {
    const next = new Set(chosen);
    if (!next.delete(tool)) next.add(tool);
    setChosen(next);
  }

  return (
    <form
      aria-label="Proposed policy"
      className="grid grid-cols-[minmax(0,1fr)] gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending && count > 0) void accept();
      }}
    >
      <FormSummary message={failure} />
      {proposal.allowsByDefault && (
        <Card className="p-4">
          <CheckboxField
            label="Deny what no rule speaks of"
            help="The policy allows it now, so a tool that the server adds could be called as soon as it is accepted."
            checked={deny}
            disabled={!canEdit}
            onChange={(event) => setDeny(event.target.checked)}
          />
        </Card>
      )}
      {open.length > 0 && canEdit && (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <span role="status" className="text-muted">
            {tools.length} of {open.length} chosen
          </span>
          <Button
            size="small"
            variant="ghost"
            onClick={() => setChosen(new Set(isAll ? [] : open.map(({ tool }) => tool)))}
          >
            {isAll ? "Choose none" : "Choose all"}
          </Button>
        </div>
      )}
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {open.map((line) => (
          <ProposedRule
            key={line.tool}
            line={line}
            checked={chosen.has(line.tool)}
            onToggle={canEdit ? () => toggle(line.tool) : null}
          />
        ))}
      </ul>
      {settled.length > 0 && (
        <p className="text-muted text-sm">
          {open.length === 0
            ? `The policy has all of it: ${plural(settled.length)} as proposed.`
            : `${plural(settled.length)} already as proposed.`}
        </p>
      )}
      {open.length === 0 && (
        <ButtonLink href={props.toolsHref} className="justify-self-start">
          Back to the tools
        </ButtonLink>
      )}
      {canEdit && (open.length > 0 || deny) && (
        <div className="sticky bottom-0 z-10 -mx-1 flex flex-wrap items-center gap-3 border-t bg-surface px-1 py-3">
          <Button
            type="submit"
            variant="primary"
            disabled={count === 0}
            pending={pending}
            pendingText="Accepting"
          >
            {acceptLabel(tools.length, isAll)}
          </Button>
          <span className="text-muted text-sm">
            Saved as version {version + 1} of the policy; other rules stay.
          </span>
        </div>
      )}
    </form>
  );
}

/** A rule that somebody wrote is not replaced unless somebody chooses so. */
function startWith(lines: readonly ProposedRuleRow[]): string[] {
  return lines.filter(({ change }) => change === "add").map(({ tool }) => tool);
}

function acceptLabel(count: number, isAll: boolean): string {
  if (count === 0) return "Accept";
  if (isAll) return count === 1 ? "Accept the rule" : `Accept all ${count} rules`;
  return count === 1 ? "Accept 1 rule" : `Accept ${count} rules`;
}

function plural(count: number): string {
  return count === 1 ? "1 rule is" : `${count} rules are`;
}
