"use client";

import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { cn } from "#components/ui/cn.ts";
import { Menu, MenuLink, MenuSeparator } from "#components/ui/menu.tsx";
import type { RailProps } from "./rail-props.ts";

export function OrgSwitcher({
  org,
  orgs,
  newOrgHref,
}: Pick<RailProps, "org" | "orgs" | "newOrgHref">) {
  return (
    <Menu
      className="w-56"
      trigger={
        <button
          type="button"
          className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded px-1.5 text-left transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-11"
        >
          <Initial name={org.name} className="bg-text text-surface" />
          <span className="min-w-0 flex-1 truncate font-semibold text-base md:rail-collapsed:sr-only">
            {org.name}
          </span>
          <span className="sr-only">Switch org</span>
          <ChevronsUpDown
            aria-hidden="true"
            className="size-4 shrink-0 text-muted md:rail-collapsed:hidden"
          />
        </button>
      }
    >
      {orgs.map((each) => (
        <MenuLink
          key={each.slug}
          href={each.href}
          icon={<Initial name={each.name} className="size-5 bg-hover text-text" />}
          hint={each.slug === org.slug && <Check role="img" aria-label="current" />}
        >
          {each.name}
        </MenuLink>
      ))}
      {newOrgHref !== undefined && (
        <>
          <MenuSeparator />
          <MenuLink href={newOrgHref} icon={<Plus aria-hidden="true" />}>
            New org
          </MenuLink>
        </>
      )}
    </Menu>
  );
}

export function Initial({ name, className }: { name: string; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "grid size-6 shrink-0 place-items-center rounded font-semibold text-xs uppercase",
        className,
      )}
    >
      {[...name.trim()][0] ?? "?"}
    </span>
  );
}
