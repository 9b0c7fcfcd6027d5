import type { ReactNode } from "react";
import type { NavItem } from "./nav-list.tsx";

export interface ShellOrg {
  slug: string;
  name: string;
  href: string;
}

export interface ShellUser {
  name: string;
  email: string;
}

/** What the rail shows, and the bar that stands for it on a phone. */
export interface RailProps {
  org: ShellOrg;
  /** Every org the user is a member of, the current one included. */
  orgs: readonly ShellOrg[];
  newOrgHref?: string | undefined;
  nav: readonly NavItem[];
  user: ShellUser;
  /** MenuLink and MenuItem elements above the theme: account, help. */
  userMenu?: ReactNode;
  /** A MenuItem that signs out. */
  signOut: ReactNode;
}
