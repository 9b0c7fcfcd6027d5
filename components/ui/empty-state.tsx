import { CircleAlert, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "./button.tsx";
import { cn } from "./cn.ts";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** Nothing here yet: says what would be here and offers the first step. */
export function EmptyState({ icon, title, description, action, className }: EmptyStateProps) {
  return (
    <div className={cn("grid justify-items-center gap-3 px-4 py-14 text-center", className)}>
      {icon !== undefined && (
        <span className="grid size-9 place-items-center rounded border bg-raised text-muted [&_svg]:size-4.5">
          {icon}
        </span>
      )}
      <div className="grid gap-1">
        <p className="font-medium text-base">{title}</p>
        {description !== undefined && (
          <p className="max-w-[48ch] text-muted text-sm">{description}</p>
        )}
      </div>
      {action}
    </div>
  );
}

/** The filters leave nothing over: offers the way back. */
export function NoMatch({ what, clearHref }: { what: string; clearHref: string }) {
  return (
    <EmptyState
      icon={<SearchX aria-hidden="true" />}
      title={`No ${what} match`}
      description="Change or remove a filter to see more."
      action={
        <ButtonLink href={clearHref} size="small">
          Clear filters
        </ButtonLink>
      }
    />
  );
}

export interface ErrorStateProps {
  /** What happened. */
  title: string;
  /** Why, and what to do. */
  description: ReactNode;
  action?: ReactNode;
}

export function ErrorState({ title, description, action }: ErrorStateProps) {
  return (
    <div role="alert">
      <EmptyState
        icon={<CircleAlert aria-hidden="true" className="text-danger" />}
        title={title}
        description={description}
        action={action}
      />
    </div>
  );
}
