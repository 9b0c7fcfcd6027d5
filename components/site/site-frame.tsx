import type { ReactNode } from "react";
import { Brand } from "#components/auth/brand.tsx";
import { ThemeSwitch } from "#components/theme-switch.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Link } from "#components/ui/link.tsx";

const places = [
  { href: "/catalog", label: "Catalogue" },
  { href: "/docs", label: "Docs" },
  { href: "/contact", label: "Contact" },
];

/** The frame of every public page. `signedIn` people get the way back to their orgs. */
export function SiteFrame({ signedIn, children }: { signedIn: boolean; children: ReactNode }) {
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr_auto]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:rounded focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <header className="border-b print:hidden">
        <div className="mx-auto flex w-full max-w-320 flex-wrap items-center gap-x-6 gap-y-1 px-4 py-3 sm:px-6">
          <Link href="/" className="flex h-8 items-center rounded pointer-coarse:h-11">
            <Brand />
          </Link>
          <nav aria-label="Site" className="order-last flex gap-5 max-sm:w-full sm:order-none">
            {places.map(({ href, label }) => (
              <Link
                key={href}
                href={href}
                className="rounded py-2 text-muted text-sm hover:text-text"
              >
                {label}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center gap-2">
            {signedIn ? (
              <ButtonLink href="/orgs">Open dashboard</ButtonLink>
            ) : (
              <>
                <ButtonLink href="/signin" variant="ghost">
                  Sign in
                </ButtonLink>
                <ButtonLink href="/signup" variant="primary" className="max-sm:hidden">
                  Create account
                </ButtonLink>
              </>
            )}
          </div>
        </div>
      </header>
      <main id="content" className="mx-auto w-full max-w-320 px-4 py-8 sm:px-6 sm:py-10">
        {children}
      </main>
      <footer className="border-t print:hidden">
        <div className="mx-auto flex w-full max-w-320 flex-wrap items-center justify-between gap-4 px-4 py-6 text-muted text-sm sm:px-6">
          <p>Callgate: every tool call decided and recorded before it reaches the server.</p>
          <ThemeSwitch />
        </div>
      </footer>
    </div>
  );
}
