"use client";

import { type RefObject, useState } from "react";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { CopyField } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { SecretField } from "#components/ui/secret-field.tsx";
import type { IssuedToken } from "./agent-types.ts";

export interface IssuedTokenDialogProps {
  title: string;
  /** Null: closed. */
  issued: IssuedToken | null;
  base: string;
  onClose: () => void;
  finalFocus?: RefObject<HTMLElement | null>;
}

/** Shows a token this once; closes only after it is said to be stored. */
export function IssuedTokenDialog(props: IssuedTokenDialogProps) {
  const { title, issued, base, onClose, finalFocus } = props;
  const [stored, setStored] = useState(false);

  function close() {
    setStored(false);
    onClose();
  }

  return (
    <Dialog
      role="alertdialog"
      finalFocus={finalFocus}
      title={title}
      open={issued !== null}
      onOpenChange={(open) => {
        if (!open && stored) close();
      }}
      footer={
        <Button variant="primary" disabled={!stored} onClick={close}>
          Done
        </Button>
      }
    >
      {issued && (
        <div className="grid min-w-0 gap-4">
          <SecretField
            label={`Token of ${issued.name}`}
            value={issued.token}
            help="Rotate it to get another."
            onStoredChange={setStored}
          />
          {issued.servers.length > 0 && (
            <section aria-label="Proxy URLs" className="grid gap-2 text-sm">
              <p className="text-muted">Use it as bearer token with these URLs:</p>
              {issued.servers.slice(0, 5).map(({ slug, proxyUrl }) => (
                <CopyField key={slug} value={proxyUrl} what={`proxy URL of ${slug}`} />
              ))}
              {issued.servers.length > 5 && (
                <p className="text-muted">And {issued.servers.length - 5} more.</p>
              )}
              {issued.servers.length > 1 && (
                <>
                  <p className="text-muted">Or with one URL for all servers of this agent:</p>
                  <CopyField value={issued.aggregateUrl} what="URL of all servers" />
                </>
              )}
              {issued.servers.length === 1 && stored && (
                <ButtonLink
                  size="small"
                  href={`${base}/servers/${issued.servers[0]?.slug}/connect?agent=${encodeURIComponent(issued.name)}`}
                  className="justify-self-start"
                >
                  Configuration for each client
                </ButtonLink>
              )}
            </section>
          )}
        </div>
      )}
    </Dialog>
  );
}
