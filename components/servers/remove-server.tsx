"use client";

import type { Route } from "next";
import { useRouter } from "next/navigation";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { showToast } from "#components/ui/toast.tsx";

export interface RemoveServerProps {
  slug: string;
  agents: number;
  listHref: string;
  removeServer: Action<{ slug: string; agents: number }>;
}

/** Takes the server out of use; its slug has to be typed, because its secrets and rules are lost. */
export function RemoveServer({ slug, agents, listHref, removeServer }: RemoveServerProps) {
  const router = useRouter();
  const loss =
    agents === 0
      ? "No agent uses it."
      : `${agents === 1 ? "1 agent loses" : `${agents} agents lose`} access now.`;
  return (
    <Card className="flex flex-wrap items-center justify-between gap-3 p-4">
      <p className="min-w-0 max-w-[56ch] text-sm">
        {loss} Its rules and secrets are gone for good; the record of its calls stays.
      </p>
      <ConfirmDialog
        title={`Remove ${slug}?`}
        consequence={`${loss} Its rules and secrets are gone for good; the record of its calls stays.`}
        confirmLabel="Remove server"
        typeName={slug}
        trigger={<Button variant="danger">Remove server</Button>}
        onConfirm={async () => {
          const removed = await runAction(removeServer, { server: slug, confirmSlug: slug });
          if (!removed.ok) return removed.error.message;
          // The list is an address that arrives as data.
          router.push(listHref as Route);
          showToast({ title: `${slug} is removed` });
        }}
      />
    </Card>
  );
}
