"use client";

import { useState } from "react";
import { count } from "#components/count.ts";
import { type Action, runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ServerChoice } from "./agent-types.ts";
import { ServerChecks } from "./server-checks.tsx";

export interface GrantsDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  agent: string;
  granted: readonly string[];
  servers: readonly ServerChoice[];
  grantServers: Action<unknown>;
}

/** Which servers an agent may use, all of them at once; says what is lost before it is. */
export function GrantsDialog(props: GrantsDialogProps) {
  const { open, onOpenChange, agent, granted, servers, grantServers } = props;
  const [draft, setDraft] = useState<readonly string[] | null>(null);
  const [failure, setFailure] = useState<string>();
  const [pending, setPending] = useState(false);
  const chosen = draft ?? granted;
  const lost = granted.filter((slug) => !chosen.includes(slug));
  const added = chosen.filter((slug) => !granted.includes(slug));

  function changeOpen(next: boolean) {
    setDraft(null);
    setFailure(undefined);
    onOpenChange(next);
  }

  async function save() {
    setPending(true);
    const saved = await runAction(grantServers, { agent, servers: chosen });
    setPending(false);
    if (!saved.ok) return setFailure(saved.error.message);
    changeOpen(false);
    showToast({
      title: `${agent} may use ${count(chosen.length, "server")}`,
      onUndo: async () => {
        const undone = await runAction(grantServers, { agent, servers: granted });
        showToast(
          undone.ok
            ? { title: `${agent} may use ${count(granted.length, "server")} as before` }
            : { tone: "failed", title: "Not undone", description: undone.error.message },
        );
      },
    });
  }

  return (
    <Dialog
      title={`Servers of ${agent}`}
      open={open}
      onOpenChange={changeOpen}
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button
            variant={lost.length > 0 ? "danger" : "primary"}
            pending={pending}
            pendingText="Saving"
            disabled={lost.length + added.length === 0}
            onClick={() => void save()}
          >
            Save servers
          </Button>
        </>
      }
    >
      <FormSummary message={failure} />
      <ServerChecks
        legend="Servers it may use"
        servers={servers}
        chosen={chosen}
        onChange={setDraft}
      />
      <p role="status" className="min-h-5 text-muted text-sm">
        {lost.length > 0 &&
          `It loses access to ${count(lost.length, "server")} now; sessions and waiting calls there end.`}
      </p>
    </Dialog>
  );
}
