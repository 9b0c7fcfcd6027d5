"use client";

import { Ellipsis, Mail, MessageSquare, Send, Webhook } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ChannelRow } from "#lib/notifications/channels.ts";
import type { ChannelKind } from "#lib/notifications/schema.ts";
import { EditChannel } from "./edit-channel.tsx";
import { eventWords, kindWords } from "./words.ts";

export interface ChannelActions {
  update: Action<ChannelRow>;
  remove: Action<unknown>;
  test: Action<unknown>;
}

export interface ChannelListProps {
  channels: readonly ChannelRow[];
  /** Null: the role may only look. */
  actions: ChannelActions | null;
}

const icons: Record<ChannelKind, typeof Mail> = {
  webhook: Webhook,
  slack: MessageSquare,
  email: Mail,
};

/** The channels of the org, each with what it is told of and how the last delivery went. */
export function ChannelList({ channels, actions }: ChannelListProps) {
  return (
    <ul className="divide-y rounded border bg-raised">
      {channels.map((channel) => (
        <Channel key={channel.id} channel={channel} actions={actions} />
      ))}
    </ul>
  );
}

function Channel({ channel, actions }: { channel: ChannelRow; actions: ChannelActions | null }) {
  const Icon = icons[channel.kind];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 p-4">
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="grid min-w-0 flex-1 basis-60 gap-1.5">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-medium">{channel.name}</span>
          {!channel.enabled && <Badge>off</Badge>}
          <span className="min-w-0 break-words text-muted text-sm">
            {kindWords[channel.kind].label} · {channel.target}
          </span>
        </p>
        <p className="text-muted text-sm">
          {channel.events.map((event) => eventWords[event].label).join(" · ")}
        </p>
        {channel.last && (
          <p className="flex flex-wrap items-center gap-x-2 text-sm">
            {channel.last.state === "delivered" ? (
              <StatusDot tone="positive" label="Delivered" />
            ) : (
              <StatusDot tone="danger" label="Failed" />
            )}
            <RelativeTime at={new Date(channel.last.at).toISOString()} className="text-muted" />
            {channel.last.error && (
              <span className="min-w-0 break-words text-muted">{channel.last.error}</span>
            )}
          </p>
        )}
      </div>
      {actions && <ChannelControls channel={channel} actions={actions} />}
    </li>
  );
}

function ChannelControls({ channel, actions }: { channel: ChannelRow; actions: ChannelActions }) {
  const router = useRouter();
  const [dialog, setDialog] = useState<"edit" | "remove" | null>(null);
  const [pending, startTransition] = useTransition();
  const { id, name, enabled } = channel;

  function run(
    action: Action<unknown>,
    input: object,
    done: { title: string; description?: string },
  ) {
    startTransition(async () => {
      const result = await runAction(action, input);
      if (result.ok) showToast(done);
      else showToast({ title: "Not done", description: result.error.message, tone: "failed" });
      router.refresh();
    });
  }

  return (
    <div className="flex items-center gap-2 max-sm:w-full max-sm:justify-end">
      <Button
        size="small"
        pending={pending}
        pendingText="Working"
        icon={<Send aria-hidden="true" className="size-3.5" />}
        onClick={() =>
          run(
            actions.test,
            { id },
            {
              title: `Sent a test to ${name}`,
              description: "The delivery log below shows what came of it.",
            },
          )
        }
      >
        Send test
      </Button>
      <Menu
        align="end"
        trigger={
          <IconButton
            label={`More for ${name}`}
            size="iconSmall"
            icon={<Ellipsis aria-hidden="true" className="size-4" />}
          />
        }
      >
        <MenuItem onSelect={() => setDialog("edit")}>Edit</MenuItem>
        <MenuItem
          onSelect={() =>
            run(
              actions.update,
              { id, enabled: !enabled },
              {
                title: `Switched ${name} ${enabled ? "off" : "on"}`,
              },
            )
          }
        >
          Switch {enabled ? "off" : "on"}
        </MenuItem>
        <MenuItem tone="danger" onSelect={() => setDialog("remove")}>
          Remove
        </MenuItem>
      </Menu>
      {dialog === "edit" && (
        <EditChannel channel={channel} update={actions.update} onClose={() => setDialog(null)} />
      )}
      <ConfirmDialog
        open={dialog === "remove"}
        onOpenChange={(open) => setDialog(open ? "remove" : null)}
        title={`Remove ${name}?`}
        consequence="Nothing more is sent there, and its address and secret are erased. What waits to be sent is given up."
        confirmLabel="Remove channel"
        onConfirm={async () => {
          const result = await runAction(actions.remove, { id });
          if (!result.ok) return result.error.message;
          showToast({ title: `Removed ${name}` });
          router.refresh();
        }}
      />
    </div>
  );
}
