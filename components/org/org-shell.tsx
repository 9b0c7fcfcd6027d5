"use client";

import {
  Bot,
  Gauge,
  Inbox,
  ListTree,
  LogOut,
  ScrollText,
  Server,
  Settings,
  UserRound,
  Users,
} from "lucide-react";
import { type ReactNode, startTransition, useMemo, useState } from "react";
import { AppShell } from "#components/shell/app-shell.tsx";
import type { NavItem } from "#components/shell/nav-list.tsx";
import type { PaletteItem } from "#components/shell/palette-item.ts";
import type { ShellOrg, ShellUser } from "#components/shell/rail-props.ts";
import { MenuItem, MenuLink } from "#components/ui/menu.tsx";
import { useLive } from "#components/use-live.ts";
import type { ActionResult } from "#lib/errors.ts";
import { type FoundItem, paletteItemOf } from "./palette-items.tsx";

export interface OrgShellProps {
  org: ShellOrg;
  orgs: readonly ShellOrg[];
  user: ShellUser;
  /** Approvals that wait, as of this rendering; followed live from then on. */
  waiting: number;
  /** What the role may do and see. */
  can: { audit: boolean; registerServers: boolean; createAgents: boolean };
  signOut: () => Promise<void>;
  find: (orgSlug: string, input: unknown) => Promise<ActionResult<FoundItem[]>>;
  children: ReactNode;
}

/** The dashboard's frame for one org: its navigation, live count and palette. */
export function OrgShell(props: OrgShellProps) {
  const { org, orgs, user, waiting, can, signOut, find, children } = props;
  const [live, setLive] = useState<{ from: number; count: number } | null>(null);
  useLive<{ count: number }>(`/api/orgs/${org.slug}/approvals/count`, ({ count }) =>
    setLive({ from: waiting, count }),
  );
  // A rendering of the page is as new as it gets; what was heard before it no longer counts.
  const count = live?.from === waiting ? live.count : waiting;
  const nav = useMemo(() => navigation(org.href, count, can), [org.href, count, can]);
  const commands = useMemo(() => commandsOf(nav, org.href, can, signOut), [nav, org, can, signOut]);
  const search = useMemo(
    () => async (query: string) => {
      const result = await find(org.slug, { query });
      if (!result.ok) throw new Error(result.error.message);
      return result.data.map((item) => paletteItemOf(org.href, item));
    },
    [find, org],
  );
  return (
    <AppShell
      org={org}
      orgs={orgs}
      newOrgHref="/orgs/new"
      nav={nav}
      user={user}
      userMenu={
        <MenuLink href="/account" icon={<UserRound aria-hidden="true" />}>
          Account
        </MenuLink>
      }
      signOut={
        <MenuItem
          icon={<LogOut aria-hidden="true" />}
          onSelect={() => startTransition(() => signOut())}
        >
          Sign out
        </MenuItem>
      }
      commands={commands}
      search={search}
    >
      {children}
    </AppShell>
  );
}

function navigation(base: string, waiting: number, can: OrgShellProps["can"]): NavItem[] {
  const items: (NavItem | false)[] = [
    { href: base, label: "Overview", icon: <Gauge aria-hidden="true" />, exact: true },
    { href: `${base}/servers`, label: "Servers", icon: <Server aria-hidden="true" /> },
    { href: `${base}/agents`, label: "Agents", icon: <Bot aria-hidden="true" /> },
    {
      href: `${base}/approvals`,
      label: "Approvals",
      icon: <Inbox aria-hidden="true" />,
      count: waiting,
    },
    { href: `${base}/calls`, label: "Calls", icon: <ListTree aria-hidden="true" /> },
    can.audit && {
      href: `${base}/audit`,
      label: "Audit",
      icon: <ScrollText aria-hidden="true" />,
    },
    { href: `${base}/members`, label: "Members", icon: <Users aria-hidden="true" /> },
    { href: `${base}/settings`, label: "Settings", icon: <Settings aria-hidden="true" /> },
  ];
  return items.filter((item) => item !== false);
}

function commandsOf(
  nav: readonly NavItem[],
  base: string,
  can: OrgShellProps["can"],
  signOut: () => Promise<void>,
): PaletteItem[] {
  const goTo = nav.map(({ href, label, icon, count }) => ({
    id: `go-${label}`,
    label,
    group: "Go to",
    icon,
    hint: count ? `${count} waiting` : undefined,
    target: { href },
  }));
  const actions: (PaletteItem | false)[] = [
    can.registerServers && {
      id: "do-register",
      label: "Register server",
      group: "Actions",
      keywords: "add new mcp connector url",
      icon: <Server aria-hidden="true" />,
      target: { href: `${base}/servers/new` },
    },
    can.createAgents && {
      id: "do-agent",
      label: "Connect an agent",
      group: "Actions",
      keywords: "new token create claude cursor",
      icon: <Bot aria-hidden="true" />,
      target: { href: `${base}/agents` },
    },
    {
      id: "do-denied",
      label: "Show denied calls",
      group: "Actions",
      keywords: "refused blocked",
      icon: <ListTree aria-hidden="true" />,
      target: { href: `${base}/calls?decision=denied` },
    },
    {
      id: "do-account",
      label: "Change password",
      group: "Actions",
      keywords: "account name",
      icon: <UserRound aria-hidden="true" />,
      target: { href: "/account" },
    },
    {
      id: "do-sign-out",
      label: "Sign out",
      group: "Actions",
      icon: <LogOut aria-hidden="true" />,
      target: { run: () => startTransition(() => signOut()) },
    },
  ];
  return [...goTo, ...actions.filter((item) => item !== false)];
}
