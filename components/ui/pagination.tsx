import { ArrowLeft, ArrowRight } from "lucide-react";
import { ButtonLink } from "./button.tsx";

export interface PaginationProps {
  /** "calls", "events". */
  what: string;
  /** "50 shown", "1 to 50 of about 12,400". */
  summary?: string;
  newerHref?: string | undefined;
  olderHref?: string | undefined;
}

/** Keyset paging: older and newer, no page numbers. */
export function Pagination({ what, summary, newerHref, olderHref }: PaginationProps) {
  if (newerHref === undefined && olderHref === undefined && summary === undefined) return null;
  return (
    <nav
      aria-label={`Pages of ${what}`}
      className="flex min-h-12 items-center justify-between gap-3 text-muted text-sm"
    >
      <span>{summary}</span>
      <span className="flex gap-2">
        {newerHref !== undefined && (
          <ButtonLink
            href={newerHref}
            size="small"
            icon={<ArrowLeft aria-hidden="true" className="size-3.5" />}
          >
            Newer
          </ButtonLink>
        )}
        {olderHref !== undefined && (
          <ButtonLink href={olderHref} size="small">
            Older
            <ArrowRight aria-hidden="true" className="size-3.5" />
          </ButtonLink>
        )}
      </span>
    </nav>
  );
}
