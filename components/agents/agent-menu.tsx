"use client";

import { Ellipsis, KeyRound, ServerCog, Trash } from "lucide-react";
import { useState } from "react";
import { count } from "#components/count.ts";
import { runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { AgentRow } from "#lib/agents/agents.ts";
import type { AgentActions, ServerChoice } from "./agent-types.ts";
import { GrantsDialog } from "./grants-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";

export interface AgentMenuProps extends AgentActions {
  agent: AgentRow;
  servers: readonly ServerChoice[];
  base: string;
  /** A menu in a row, buttons on the agent's own page. */
  look: "menu" | "buttons";
}

/** Edit servers, rotate, revoke: what can be done with one agent. */
export function AgentMenu(props: AgentMenuProps) {
  const { agent, servers, base, look } = props;
  const [open, setOpen] = useState<"servers" | "rotate" | "revoke" | null>(null);
  const change = (which: "servers" | "rotate" | "revoke") => (next: boolean) =>
    setOpen(next ? which : null);
  return (
    <>
      {look === "menu" ? (
        <Menu
          align="end"
          trigger={
            <IconButton
              label={`Actions for ${agent.name}`}
              size="iconSmall"
              icon={<Ellipsis aria-hidden="true" className="size-4" />}
            />
          }
        >
          <MenuItem icon={<ServerCog />} onSelect={() => setOpen("servers")}>
            Edit servers
          </MenuItem>
          <MenuItem icon={<KeyRound />} onSelect={() => setOpen("rotate")}>
            Rotate token
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={<Trash />} tone="danger" onSelect={() => setOpen("revoke")}>
            Revoke agent
          </MenuItem>
        </Menu>
      ) : (
        <>
          <Button
            icon={<KeyRound aria-hidden="true" className="size-4" />}
            onClick={() => setOpen("rotate")}
          >
            Rotate token
          </Button>
          <Button onClick={() => setOpen("revoke")} className="text-danger">
            Revoke agent
          </Button>
        </>
      )}
      <GrantsDialog
        open={open === "servers"}
        onOpenChange={change("servers")}
        agent={agent.name}
        granted={agent.servers.map(({ slug }) => slug)}
        servers={servers}
        grantServers={props.grantServers}
      />
      <RotateDialog
        open={open === "rotate"}
        onOpenChange={change("rotate")}
        agent={agent}
        base={base}
        rotateAgent={props.rotateAgent}
      />
      <ConfirmDialog
        open={open === "revoke"}
        onOpenChange={change("revoke")}
        title={`Revoke ${agent.name}?`}
        consequence={revokeConsequence(agent)}
        confirmLabel="Revoke agent"
        onConfirm={async () => {
          const revoked = await runAction(props.revokeAgent, { agent: agent.name });
          if (!revoked.ok) return revoked.error.message;
          showToast({
            title: `${agent.name} is revoked`,
            description: "Its next call is refused.",
          });
        }}
      />
    </>
  );
}

function revokeConsequence({ servers, calls24h }: AgentRow): string {
  const used =
    calls24h === 0
      ? "It made no call in the last 24 hours."
      : `It made ${count(calls24h, "call")} in the last 24 hours.`;
  return `It loses access to ${count(servers.length, "server")} now, and its waiting calls are cancelled. ${used} This cannot be undone, and the name stays taken.`;
}
