import type { ReactNode } from "react";
import { categoryLooks } from "#components/category-label.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { RISK_CLASS_LABEL } from "#lib/catalog/describe.ts";
import { type Category, categories, type RiskClass, riskClasses } from "#lib/policy/types.ts";

/** How rows look, said once for all of them: a page of 50 names its classes twice each otherwise. */
const looks = [
  // Rows: two-line entries under 640 px, as in components/ui/table.tsx.
  "[&_tbody_tr]:relative [&_tbody_tr]:outline-none [&_tbody_tr]:transition-colors",
  "[&_tbody_tr:hover]:bg-hover [&_tbody_tr:focus-visible]:bg-hover [&_tbody_tr:has(:focus-visible)]:bg-hover",
  "max-sm:[&_tbody_tr]:flex max-sm:[&_tbody_tr]:min-h-14 max-sm:[&_tbody_tr]:flex-wrap max-sm:[&_tbody_tr]:content-center",
  "max-sm:[&_tbody_tr]:items-center max-sm:[&_tbody_tr]:gap-x-3 max-sm:[&_tbody_tr]:gap-y-0.5 max-sm:[&_tbody_tr]:border-b",
  "max-sm:[&_tbody_tr]:px-1 max-sm:[&_tbody_tr]:py-2",
  "max-sm:[&_tbody_tr]:before:order-3 max-sm:[&_tbody_tr]:before:basis-full max-sm:[&_tbody_tr]:before:content-['']",
  // Cells.
  "[&_td]:align-middle sm:[&_td]:h-9 sm:[&_td]:border-b sm:[&_td]:px-3 sm:pointer-coarse:[&_td]:h-11",
  "sm:[&_td:first-child]:py-2 sm:[&_td:first-child]:pl-2 sm:[&_td:last-child]:pr-2",
  "sm:[&_[data-at=end]]:text-right sm:[&_[data-at=end]]:tabular-nums sm:[&_[data-at=end]]:whitespace-nowrap",
  "max-sm:[&_[data-at=title]]:order-1 max-sm:[&_[data-at=title]]:min-w-0 max-sm:[&_[data-at=title]]:flex-1 max-sm:[&_[data-at=title]]:text-base",
  "max-sm:[&_[data-at=aside]]:order-2 max-sm:[&_[data-at=end]]:hidden",
  "max-sm:[&_[data-at=detail]]:order-4 max-sm:[&_[data-at=detail]]:min-w-0 max-sm:[&_[data-at=detail]]:max-w-full",
  "max-sm:[&_[data-at=detail]]:truncate max-sm:[&_[data-at=detail]]:text-muted",
  "max-sm:[&_[data-at=below]]:order-5 max-sm:[&_[data-at=below]]:basis-full max-sm:[&_[data-at=below]]:py-1",
  // The link, whose target is the whole row, and what stands under it.
  "[&_a]:block [&_a]:truncate [&_a]:font-medium [&_a]:outline-none [&_a]:after:absolute [&_a]:after:inset-0 [&_a]:after:content-['']",
  "[&_a:focus-visible]:after:outline-2 [&_a:focus-visible]:after:outline-accent [&_a:focus-visible]:after:-outline-offset-2",
  "[&_p]:line-clamp-1 [&_p]:max-w-[72ch] [&_p]:break-words [&_p]:text-muted max-sm:[&_p]:line-clamp-2",
  // Words with a small picture before them.
  "[&_[data-word]]:inline-flex [&_[data-word]]:items-center [&_[data-word]]:gap-1.5 [&_[data-word]]:whitespace-nowrap [&_[data-word]]:align-middle",
  "[&_[data-word=category]_svg]:size-3.5 [&_[data-word]_svg]:shrink-0 [&_[data-word]_svg]:text-muted",
  "[&_[data-word=risk]_svg]:h-3 [&_[data-word=risk]_svg]:w-5.5",
].join(" ");

export interface ListingProps {
  label: string;
  head: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A table of many rows whose bytes are what the rows say. Its columns keep their width while rows arrive. */
export function Listing({ label, head, children, className }: ListingProps) {
  return (
    <>
      <Pictures />
      <Table label={label} className={cn(looks, "sm:table-fixed", className)}>
        <TableHead>{head}</TableHead>
        <TableBody>{children}</TableBody>
      </Table>
    </>
  );
}

/** A row that j and k reach. */
export function ListingRow({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: the display values of the phone layout would drop it
    <tr role="row" data-row="" tabIndex={-1}>
      {children}
    </tr>
  );
}

export interface ListingCellProps {
  /** Where it stands on a phone: see components/ui/table.tsx; `end`: a number, not shown there. */
  at: "title" | "aside" | "detail" | "below" | "end";
  children: ReactNode;
  className?: string | undefined;
}

export function ListingCell({ at, children, className }: ListingCellProps) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as above
    <td role="cell" data-at={at} className={className}>
      {children}
    </td>
  );
}

/** The cell that names a row and opens it. */
export function ListingTitle({ href, title, text, className }: ListingTitleProps) {
  return (
    <ListingCell at="title" className={className}>
      <Link href={href} data-row-link="">
        {title}
      </Link>
      {text !== "" && <p>{text}</p>}
    </ListingCell>
  );
}

export interface ListingTitleProps {
  href: string;
  title: string;
  text: string;
  className?: string;
}

export function CategoryWord({ category }: { category: Category }) {
  return <Word kind="category" picture={category} label={categoryLooks[category].label} />;
}

export function RiskWord({ risk }: { risk: RiskClass }) {
  return <Word kind="risk" picture={risk} label={RISK_CLASS_LABEL[risk]} />;
}

function Word({ kind, picture, label }: { kind: string; picture: string; label: string }) {
  return (
    <span data-word={kind}>
      <svg aria-hidden="true">
        <use href={`#picture-${picture}`} />
      </svg>
      {label}
    </span>
  );
}

/** What `use` draws again in each row. */
function Pictures() {
  return (
    <svg aria-hidden="true" className="absolute size-0">
      {categories.map((category) => {
        const { Icon } = categoryLooks[category];
        return (
          <symbol key={category} id={`picture-${category}`} viewBox="0 0 24 24">
            <Icon />
          </symbol>
        );
      })}
      {riskClasses.map((risk, steps) => (
        <symbol key={risk} id={`picture-${risk}`} viewBox="0 0 22 12">
          {[0, 1, 2, 3].map((step) => (
            <rect
              key={step}
              x={step * 6}
              y={6 - step * 2}
              width="4"
              height={6 + step * 2}
              rx="1"
              className={step <= steps ? fills[risk] : "fill-border"}
            />
          ))}
        </symbol>
      ))}
    </svg>
  );
}

const fills: Record<RiskClass, string> = {
  low: "fill-muted",
  medium: "fill-caution",
  high: "fill-danger",
  critical: "fill-danger",
};
