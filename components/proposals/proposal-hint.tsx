import { ButtonLink } from "#components/ui/button.tsx";

/** The way to the proposed policy, for a server that has no rules yet. */
export function ProposalHint({ href }: { href: string }) {
  return (
    <section
      aria-label="Proposed policy"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded border border-accent/40 bg-accent/6 px-4 py-3"
    >
      <div className="grid min-w-0 max-w-[72ch] flex-1 basis-72 gap-0.5">
        <h2 className="font-medium text-base">No rules yet: every call is denied</h2>
        <p className="text-muted text-sm">
          Callgate proposes a rule for each tool from its class, with the reason. Take over what you
          like; everything can be changed afterwards.
        </p>
      </div>
      <ButtonLink href={href} variant="primary">
        Review the proposal
      </ButtonLink>
    </section>
  );
}
