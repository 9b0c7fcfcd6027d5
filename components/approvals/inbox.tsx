import { Inbox as InboxIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DenySeveralAction } from "./deny-several.tsx";
import { Queue } from "./queue.tsx";
import type { QueueItem } from "./queue-item.ts";

export interface InboxProps {
  orgSlug: string;
  pending: readonly QueueItem[];
  decided: readonly QueueItem[];
  shownId: string | null;
  /** Whether the address names the request: then a phone shows it instead of the queue. */
  opened: boolean;
  /** Null: the role may not decide. */
  deny: DenySeveralAction | null;
  children: ReactNode;
}

/** Two panes: the queue and one request; on a phone one of them. */
export function Inbox(props: InboxProps) {
  const { orgSlug, pending, decided, shownId, opened, deny, children } = props;
  return (
    <div className="grid gap-x-8 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <div
        className={cn(
          "min-w-0 max-lg:-mx-3 lg:sticky lg:top-4 lg:-ml-3 lg:max-h-[calc(100dvh-2rem)] lg:self-start lg:overflow-y-auto",
          opened && "max-lg:hidden",
        )}
      >
        <Queue
          orgSlug={orgSlug}
          pending={pending}
          decided={decided}
          shownId={shownId}
          deny={deny}
        />
      </div>
      <div className={cn("min-w-0 lg:border-l lg:pl-8", opened ? "max-lg:pb-36" : "max-lg:hidden")}>
        <div className="max-w-3xl">{children}</div>
      </div>
    </div>
  );
}

/** Nothing waits: says when the last request was decided. */
export function NothingWaits({ last }: { last: QueueItem | undefined }) {
  return (
    <EmptyState
      icon={<InboxIcon aria-hidden="true" />}
      title="Nothing waits for approval"
      description={
        last === undefined ? (
          "Calls of tools with the rule Approve wait here until somebody decides."
        ) : (
          <>
            The last request was decided <RelativeTime at={last.decidedAt ?? last.requestedAt} />
            {last.decidedBy !== null && ` by ${last.decidedBy}`}. New ones appear by themselves.
          </>
        )
      }
    />
  );
}
