import type { Metadata } from "next";
import { askForLink, openLink } from "#app/signin/actions.ts";
import { AuthPage } from "#components/auth/auth-page.tsx";
import { LinkForm } from "#components/auth/link-form.tsx";
import { OpenLinkForm } from "#components/auth/open-link-form.tsx";
import { TextLink } from "#components/auth/text-link.tsx";
import { findSignInLink } from "#lib/auth/sign-in-links.ts";
import { env } from "#lib/env.ts";
import { goTo } from "#lib/web/go-to.ts";
import { returnPath } from "#lib/web/return-path.ts";

export const metadata: Metadata = { title: "Sign in by e-mail", robots: { index: false } };

/** Asks for a link, or says what the one in the address does; using it up takes a button. */
export default async function SignInLinkPage({ searchParams }: PageProps<"/signin/link">) {
  const { token, next } = await searchParams;
  const link = typeof token === "string" ? await findSignInLink(token) : null;
  if (typeof token === "string" && link) {
    return (
      <AuthPage
        title={link.isNew ? "Finish your account" : "Sign in"}
        description={
          <>
            {link.isNew ? "For" : "As"} <span className="wrap-anywhere">{link.email}</span>
          </>
        }
      >
        <OpenLinkForm action={openLink} token={token} link={link} />
      </AuthPage>
    );
  }
  if (env().smtp === null) goTo("/signin");
  const target = next === undefined ? undefined : returnPath(next);
  const query = target === undefined ? "" : `?next=${encodeURIComponent(target)}`;
  return (
    <AuthPage
      title={token === undefined ? "Sign in by e-mail" : "This link no longer works"}
      description={
        token === undefined
          ? "We mail you a link that signs you in. Without an account, it makes one."
          : "A link works once, within an hour, and only the newest one does. Ask for a new one."
      }
      footer={<TextLink href={`/signin${query}`}>Use a password instead</TextLink>}
    >
      <LinkForm action={askForLink} next={target} />
    </AuthPage>
  );
}
