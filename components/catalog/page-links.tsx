import { clsx } from "clsx";
import { Link } from "#components/ui/link.tsx";

export interface PageLinksProps {
  /** "tools", "servers". */
  what: string;
  page: number;
  pages: number;
  /** The address of a page of the same list, from 1. */
  href: (page: number) => string;
}

/** Links to the pages of a list: the neighbours, the first and the last. Nothing where there is one page. */
export function PageLinks({ what, page, pages, href }: PageLinksProps) {
  if (pages <= 1) return null;
  return (
    <nav
      aria-label={`Pages of ${what}`}
      className="flex flex-wrap items-center gap-1 text-sm [&_a]:inline-flex [&_a]:h-8 [&_a]:min-w-8 [&_a]:items-center [&_a]:justify-center [&_a]:rounded [&_a]:px-2 [&_a]:tabular-nums pointer-coarse:[&_a]:min-h-11 pointer-coarse:[&_a]:min-w-11"
    >
      {page > 1 && (
        <Link href={href(page - 1)} rel="prev" className={ordinary}>
          Previous
        </Link>
      )}
      {shownPages(page, pages).map((shown, at, all) => (
        <span key={shown} className="inline-flex items-center gap-1">
          {at > 0 && shown - (all[at - 1] ?? 0) > 1 && (
            <span aria-hidden="true" className="px-1 text-muted">
              …
            </span>
          )}
          <Link
            href={href(shown)}
            aria-label={`Page ${shown}`}
            aria-current={shown === page ? "page" : undefined}
            className={clsx(shown === page ? "bg-hover font-medium" : ordinary)}
          >
            {shown}
          </Link>
        </span>
      ))}
      {page < pages && (
        <Link href={href(page + 1)} rel="next" className={ordinary}>
          Next
        </Link>
      )}
    </nav>
  );
}

const ordinary = "text-muted hover:bg-hover hover:text-text";

function shownPages(page: number, pages: number): number[] {
  const wanted = new Set([1, page - 1, page, page + 1, pages]);
  return [...wanted].filter((each) => each >= 1 && each <= pages).sort((a, b) => a - b);
}
