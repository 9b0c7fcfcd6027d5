"use client";

import { Keyboard } from "lucide-react";
import type { ReactNode } from "react";
import { ThemeMenuGroup } from "#components/theme-menu-group.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { useCommands } from "./command-palette.tsx";
import { Initial } from "./org-switcher.tsx";
import type { ShellUser } from "./rail-props.ts";

export interface UserMenuProps {
  user: ShellUser;
  items?: ReactNode;
  signOut: ReactNode;
}

export function UserMenu({ user, items, signOut }: UserMenuProps) {
  const { openShortcuts } = useCommands();
  return (
    <Menu
      side="top"
      className="w-56"
      trigger={
        <button
          type="button"
          className="flex h-9 w-full min-w-0 items-center gap-2.5 rounded px-1.5 text-left text-sm transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-11"
        >
          <Initial name={user.name} className="rounded-full bg-hover text-text" />
          <span className="min-w-0 flex-1 truncate md:rail-collapsed:sr-only">{user.name}</span>
          <span className="sr-only">Account</span>
        </button>
      }
    >
      <p className="truncate px-2 py-1.5 text-muted text-xs">{user.email}</p>
      {items}
      <MenuItem icon={<Keyboard aria-hidden="true" />} hint="?" onSelect={openShortcuts}>
        Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <ThemeMenuGroup />
      <MenuSeparator />
      {signOut}
    </Menu>
  );
}
