"use client";

import { Menu as MenuIcon, Search } from "lucide-react";
import { useState } from "react";
import { Drawer } from "#components/ui/drawer.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { useCommands } from "./command-palette.tsx";
import { NavList } from "./nav-list.tsx";
import { OrgSwitcher } from "./org-switcher.tsx";
import type { RailProps } from "./rail-props.ts";
import { UserMenu } from "./user-menu.tsx";

/** Navigation under 768 px: a bar on top and the rail as a sheet. */
export function PhoneBar(props: RailProps) {
  const [open, setOpen] = useState(false);
  const { openPalette } = useCommands();
  const waiting = props.nav.reduce((sum, item) => sum + (item.count ?? 0), 0);
  return (
    <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b bg-surface px-2 md:hidden">
      <Drawer
        side="left"
        title="Callgate"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <IconButton
            label={waiting > 0 ? `Open navigation, ${waiting} waiting` : "Open navigation"}
            icon={
              <span className="relative">
                <MenuIcon aria-hidden="true" className="size-5" />
                {waiting > 0 && (
                  <span className="absolute -top-0.5 -right-1 size-2 rounded-full bg-info ring-2 ring-surface" />
                )}
              </span>
            }
          />
        }
        footer={<UserMenu user={props.user} items={props.userMenu} signOut={props.signOut} />}
      >
        <div className="-mx-2 grid gap-4">
          <OrgSwitcher org={props.org} orgs={props.orgs} newOrgHref={props.newOrgHref} />
          <nav aria-label="Main">
            <NavList items={props.nav} onNavigate={() => setOpen(false)} />
          </nav>
        </div>
      </Drawer>
      <span className="min-w-0 flex-1 truncate font-medium text-base">{props.org.name}</span>
      <IconButton
        label="Search"
        icon={<Search aria-hidden="true" className="size-5" />}
        onClick={openPalette}
      />
    </header>
  );
}
