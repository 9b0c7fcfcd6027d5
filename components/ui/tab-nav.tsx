"use client";

import { usePathname } from "next/navigation";
import { Link } from "./link.tsx";

export interface TabLink {
  href: string;
  label: string;
  count?: number | undefined;
}

export interface TabNavProps {
  label: string;
  items: readonly TabLink[];
  /** The href of the current tab; without it the longest match of the path is current. */
  current?: string | undefined;
}

/** Tabs that are pages: each has its own address, so Back and sharing work. */
export function TabNav({ label, items, current }: TabNavProps) {
  const pathname = usePathname();
  const active = current ?? longestMatch(items, pathname);
  return (
    <nav aria-label={label} className="overflow-x-auto border-b">
      <ul className="flex gap-5">
        {items.map((item) => (
          <li key={item.href}>
            <Link
              href={item.href}
              aria-current={item.href === active ? "page" : undefined}
              className="flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 text-muted text-sm transition-colors hover:text-text focus-visible:-outline-offset-2 aria-[current=page]:border-text aria-[current=page]:font-medium aria-[current=page]:text-text pointer-coarse:h-11"
            >
              {item.label}
              {item.count !== undefined && (
                <span className="rounded bg-hover px-1 text-muted text-xs">{item.count}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function longestMatch(items: readonly TabLink[], pathname: string): string | undefined {
  return items
    .map((item) => item.href)
    .filter((href) => pathname === href || pathname.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0];
}
