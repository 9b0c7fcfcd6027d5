import { ProposalForm } from "#components/proposals/proposal-form.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Section } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { readProposal } from "#lib/proposals/proposals.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { acceptProposal } from "../../actions.ts";

export default async function ProposalPage({
  params,
}: PageProps<"/orgs/[org]/servers/[server]/proposal">) {
  const { org, server } = await params;
  const context = await requireOrg(org, "servers.read");
  const proposal = await forPage(readProposal(context, { server }));
  const base = `/orgs/${org}/servers/${server}`;
  if (proposal.lines.length === 0) {
    return (
      <EmptyState
        title="Nothing to propose yet"
        description="A proposal needs tools. Read them first."
        action={<ButtonLink href={base}>Open tools</ButtonLink>}
      />
    );
  }
  return (
    <Section
      title="Proposed policy"
      description={
        <>
          Against version {proposal.version}, which is in force. Denied unless a rule allows it:
          Read passes, Write and Execute are limited, Destructive and Financial wait for a person.
          {proposal.curated > 0 &&
            " This server takes commands, so its rules were written by hand for each command."}
        </>
      }
    >
      <ProposalForm
        server={server}
        proposal={proposal}
        canEdit={may(context, "rules.write")}
        toolsHref={base}
        acceptProposal={acceptProposal.bind(null, org)}
      />
    </Section>
  );
}
