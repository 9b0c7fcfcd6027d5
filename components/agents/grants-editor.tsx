"use client";

import { useState } from "react";
import type { Action } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import type { ServerChoice } from "./agent-types.ts";
import { GrantsDialog } from "./grants-dialog.tsx";

export interface GrantsEditorProps {
  agent: string;
  granted: readonly string[];
  servers: readonly ServerChoice[];
  canEdit: boolean;
  base: string;
  grantServers: Action<unknown>;
}

/** The servers an agent may use, each with the way to its configuration. */
export function GrantsEditor(props: GrantsEditorProps) {
  const { agent, granted, servers, canEdit, base, grantServers } = props;
  const [open, setOpen] = useState(false);
  const shown = servers.filter(({ slug }) => granted.includes(slug));
  return (
    <Card>
      <ul className="grid text-sm">
        {shown.map(({ slug, name }) => (
          <li key={slug} className="flex min-h-9 items-center gap-3 border-b px-4 py-1.5">
            <Link
              href={`${base}/servers/${slug}`}
              className="min-w-0 truncate font-medium underline-offset-2 hover:underline"
            >
              {name}
            </Link>
            <span className="min-w-0 truncate font-mono text-muted text-xs">{slug}</span>
            {canEdit && (
              <Link
                href={`${base}/servers/${slug}/connect?agent=${encodeURIComponent(agent)}`}
                className="ml-auto shrink-0 text-accent underline-offset-2 hover:underline"
              >
                Configuration
              </Link>
            )}
          </li>
        ))}
        {shown.length === 0 && (
          <li className="border-b px-4 py-3 text-muted">None. It cannot call anything.</li>
        )}
      </ul>
      {canEdit && (
        <div className="px-4 py-2.5">
          <Button size="small" onClick={() => setOpen(true)}>
            Edit servers
          </Button>
          <GrantsDialog
            open={open}
            onOpenChange={setOpen}
            agent={agent}
            granted={granted}
            servers={servers}
            grantServers={grantServers}
          />
        </div>
      )}
    </Card>
  );
}
