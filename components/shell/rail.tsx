"use client";

import { PanelLeft, Search } from "lucide-react";
import { useRailCollapsed } from "#components/preferences.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { useCommands } from "./command-palette.tsx";
import { NavList } from "./nav-list.tsx";
import { OrgSwitcher } from "./org-switcher.tsx";
import type { RailProps } from "./rail-props.ts";
import { UserMenu } from "./user-menu.tsx";

/** Navigation from 768 px; collapses to icons, and remembers that. */
export function Rail(props: RailProps) {
  const [collapsed, setCollapsed] = useRailCollapsed();
  return (
    <div className="hidden border-r bg-sunken md:block">
      <div className="sticky top-0 flex h-dvh flex-col gap-3 p-2">
        <OrgSwitcher org={props.org} orgs={props.orgs} newOrgHref={props.newOrgHref} />
        <PaletteButton />
        <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto">
          <NavList items={props.nav} />
        </nav>
        <div className="flex items-center gap-1 rail-collapsed:flex-col">
          <UserMenu user={props.user} items={props.userMenu} signOut={props.signOut} />
          <IconButton
            label={collapsed ? "Expand navigation" : "Collapse navigation"}
            size="iconSmall"
            icon={<PanelLeft aria-hidden="true" className="size-4" />}
            onClick={() => setCollapsed(!collapsed)}
          />
        </div>
      </div>
    </div>
  );
}

function PaletteButton() {
  const { openPalette, paletteKeys } = useCommands();
  return (
    <button
      type="button"
      onClick={openPalette}
      className="flex h-8 items-center gap-2.5 rounded border border-border bg-raised px-2.5 text-muted text-sm transition-colors hover:border-edge rail-collapsed:justify-center rail-collapsed:px-0"
    >
      <Search aria-hidden="true" className="size-4 shrink-0" />
      <span className="flex-1 text-left rail-collapsed:sr-only">Search</span>
      <Kbd className="border-none bg-transparent px-0 rail-collapsed:hidden">{paletteKeys}</Kbd>
    </button>
  );
}
