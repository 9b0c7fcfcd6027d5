"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";

export interface NavItem {
  href: string;
  label: string;
  /** A lucide icon element. */
  icon: ReactNode;
  /** Things that wait for a person; zero shows nothing. */
  count?: number | undefined;
  /** Current only on exactly this path: for an overview whose path begins all others. */
  exact?: boolean;
}

export function NavList({
  items,
  onNavigate,
}: {
  items: readonly NavItem[];
  onNavigate?: () => void;
}) {
  const pathname = usePathname();
  return (
    <ul className="grid gap-0.5">
      {items.map((item) => (
        <li key={item.href}>
          <Tooltip side="right" content={item.label} className="hidden md:rail-collapsed:flex">
            <Link
              href={item.href}
              aria-current={isCurrent(item, pathname) ? "page" : undefined}
              {...(onNavigate && { onClick: onNavigate })}
              className="relative flex h-8 items-center gap-2.5 rounded px-2.5 text-muted text-sm transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0"
            >
              {item.icon}
              <span className="min-w-0 flex-1 truncate md:rail-collapsed:sr-only">
                {item.label}
              </span>
              {item.count !== undefined && item.count > 0 && <Count value={item.count} />}
            </Link>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}

function Count({ value }: { value: number }) {
  return (
    <span
      className={cn(
        "grid h-4.5 min-w-4.5 place-items-center rounded-full bg-info/14 px-1 font-medium text-info text-xs",
        "md:rail-collapsed:-top-0.5 md:rail-collapsed:absolute md:rail-collapsed:right-0 md:rail-collapsed:h-4 md:rail-collapsed:min-w-4 md:rail-collapsed:bg-raised",
      )}
    >
      {value > 99 ? "99+" : value}
      <span className="sr-only"> waiting</span>
    </span>
  );
}

function isCurrent(item: NavItem, pathname: string): boolean {
  if (item.exact === true) return pathname === item.href;
  return pathname === item.href || pathname.startsWith(`${item.href}/`);
}
