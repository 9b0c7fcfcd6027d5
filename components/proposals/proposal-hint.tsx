"use client";

import { useState } from "react";
import { ButtonLink } from "#components/ui/button.tsx";

/**
 * The way to the proposed policy, for a server that had no rules when its page was opened. It stays
 * until the page is left: below it, rules are being set one after the other.
 */
export function ProposalHint({ href, policyVersion }: { href: string; policyVersion: number }) {
  const [isShown] = useState(policyVersion === 1);
  if (!isShown) return null;
  return (
    <section
      aria-label="Proposed policy"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded border border-accent/40 bg-accent/6 px-4 py-3"
    >
      <div className="grid min-w-0 max-w-[72ch] flex-1 basis-72 gap-0.5">
        <h2 className="font-medium text-base">
          {policyVersion === 1 ? "No rules yet: every call is denied" : "The first rules are set"}
        </h2>
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
