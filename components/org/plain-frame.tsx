import type { ReactNode } from "react";
import { Brand } from "#components/auth/brand.tsx";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";

export interface PlainFrameProps {
  user: { name: string; email: string };
  signOut: () => Promise<void>;
  children: ReactNode;
}

/** The frame of pages that belong to a person and not to an org. */
export function PlainFrame({ user, signOut, children }: PlainFrameProps) {
  return (
    <>
      <header className="flex h-14 items-center gap-2 border-b px-4 sm:px-6">
        <Link href="/orgs" aria-label="Callgate, your orgs" className="mr-auto rounded">
          <Brand />
        </Link>
        <Link
          href="/account"
          title={user.email}
          className="min-w-0 max-w-48 truncate rounded px-2 py-1.5 text-muted text-sm transition-colors hover:text-text"
        >
          {user.name}
        </Link>
        <form action={signOut}>
          <Button type="submit" variant="ghost">
            Sign out
          </Button>
        </form>
      </header>
      <main className="mx-auto grid w-full max-w-136 gap-6 px-5 py-12">{children}</main>
    </>
  );
}
