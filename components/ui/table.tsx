import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";
import { Link, type LinkProps } from "./link.tsx";

/** Spelled out because the display values of the phone layout would drop them. */
const roles = {
  table: { role: "table" },
  rowgroup: { role: "rowgroup" },
  columnheader: { role: "columnheader" },
  row: { role: "row" },
  cell: { role: "cell" },
};

/**
 * Where a cell goes when the row becomes a two-line entry under 640 px: the title and what stands
 * at its left and right on the first line, the details on the second, a control below, the rest nowhere.
 */
export type PhonePlace = "start" | "title" | "aside" | "detail" | "below" | "hidden";

export interface TableProps {
  /** Names the table for screen readers. */
  label: string;
  density?: "normal" | "compact";
  children: ReactNode;
  className?: string | undefined;
}

export function Table({ label, density = "normal", children, className }: TableProps) {
  return (
    <table
      {...roles.table}
      aria-label={label}
      data-density={density}
      className={cn(
        "group/table w-full border-separate border-spacing-0 text-sm max-sm:block",
        className,
      )}
    >
      {children}
    </table>
  );
}

/** The header row; sticks to the top of the scrolling page. */
export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead {...roles.rowgroup} className="max-sm:sr-only">
      <tr {...roles.row}>{children}</tr>
    </thead>
  );
}

export interface HeaderCellProps {
  children: ReactNode;
  align?: "left" | "right";
  className?: string;
}

export function HeaderCell({ children, align = "left", className }: HeaderCellProps) {
  return (
    <th
      {...roles.columnheader}
      scope="col"
      className={cn(
        "sticky top-0 z-10 h-8 whitespace-nowrap border-b bg-surface px-3 text-left font-medium text-muted text-xs first:pl-2 last:pr-2",
        align === "right" && "text-right",
        className,
      )}
    >
      {children}
    </th>
  );
}

export function TableBody({ children }: { children: ReactNode }) {
  return (
    <tbody {...roles.rowgroup} className="max-sm:block">
      {children}
    </tbody>
  );
}

/** A row that j and k reach; put a RowLink into its title cell when it opens something. */
export function Row({
  selected = false,
  className,
  ...props
}: ComponentProps<"tr"> & { selected?: boolean }) {
  return (
    <tr
      {...roles.row}
      data-row=""
      tabIndex={-1}
      data-selected={selected || undefined}
      className={cn(
        "group/row relative outline-none transition-colors hover:bg-hover focus-visible:bg-hover has-[[data-row-link]:focus-visible]:bg-hover data-selected:bg-accent/8",
        "max-sm:flex max-sm:min-h-14 max-sm:flex-wrap max-sm:content-center max-sm:items-center max-sm:gap-x-3 max-sm:gap-y-0.5 max-sm:border-b max-sm:px-1 max-sm:py-2 max-sm:before:order-3 max-sm:before:basis-full max-sm:before:content-['']",
        className,
      )}
      {...props}
    />
  );
}

export interface CellProps extends Omit<ComponentProps<"td">, "align"> {
  phone?: PhonePlace;
  align?: "left" | "right";
  mono?: boolean;
}

export function Cell({
  phone = "hidden",
  align = "left",
  mono = false,
  className,
  ...props
}: CellProps) {
  return (
    <td
      {...roles.cell}
      className={cn(
        "px-3 align-middle sm:h-9 sm:first:pl-2 sm:last:pr-2 sm:group-data-[density=compact]/table:h-7 sm:border-b sm:pointer-coarse:h-11",
        align === "right" && "tabular-nums sm:text-right",
        mono && "font-mono",
        phonePlaces[phone],
        className,
      )}
      {...props}
    />
  );
}

const phonePlaces: Record<PhonePlace, string> = {
  start: "max-sm:order-none max-sm:px-0",
  title: "max-sm:order-1 max-sm:min-w-0 max-sm:flex-1 max-sm:px-0 max-sm:text-base",
  aside: "max-sm:order-2 max-sm:px-0",
  detail:
    "max-sm:order-4 max-sm:min-w-0 max-sm:max-w-full max-sm:truncate max-sm:px-0 max-sm:text-muted",
  below: "max-sm:order-5 max-sm:basis-full max-sm:px-0 max-sm:py-1",
  hidden: "max-sm:hidden",
};

/** The link that opens the row; the whole row is its target, other controls stay above it. */
export function RowLink({ className, ...props }: LinkProps) {
  return (
    <Link
      data-row-link=""
      className={cn(
        "block truncate font-medium outline-none after:absolute after:inset-0 after:content-[''] focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2",
        className,
      )}
      {...props}
    />
  );
}

/** Buttons and menus inside a row with a RowLink: lifts them above the row's target. */
export function RowActions({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cn("relative z-1 flex items-center justify-end gap-1", className)}>
      {children}
    </div>
  );
}
