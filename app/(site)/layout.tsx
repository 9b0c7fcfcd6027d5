import type { ReactNode } from "react";
import { SiteFrame } from "#components/site/site-frame.tsx";
import { currentUser } from "#lib/web/session.ts";

export default async function SiteLayout({ children }: { children: ReactNode }) {
  return <SiteFrame signedIn={(await currentUser()) !== null}>{children}</SiteFrame>;
}
