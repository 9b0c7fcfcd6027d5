import type { Metadata } from "next";
import { signUp } from "#app/signin/actions.ts";
import { AuthPage } from "#components/auth/auth-page.tsx";
import { LinkForm } from "#components/auth/link-form.tsx";
import { ProviderButtons } from "#components/auth/provider-buttons.tsx";
import { SignUpClosed } from "#components/auth/sign-up-closed.tsx";
import { SignUpForm } from "#components/auth/sign-up-form.tsx";
import { TextLink } from "#components/auth/text-link.tsx";
import { type SignUpWay, signUpWay } from "#lib/auth/sign-up.ts";
import { goTo } from "#lib/web/go-to.ts";
import { offeredProviders } from "#lib/web/providers.ts";
import { returnPath } from "#lib/web/return-path.ts";
import { currentUser } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage({ searchParams }: PageProps<"/signup">) {
  const { next } = await searchParams;
  if (await currentUser()) goTo(returnPath(next));
  const target = next === undefined ? undefined : returnPath(next);
  const query = target === undefined ? "" : `?next=${encodeURIComponent(target)}`;
  const way = await signUpWay();
  return (
    <AuthPage
      title={way === "closed" ? "Sign-up is closed" : "Create an account"}
      description={descriptions[way]}
      footer={
        way !== "first" && (
          <>
            Have an account? <TextLink href={`/signin${query}`}>Sign in</TextLink>
          </>
        )
      }
    >
      {way === "closed" && <SignUpClosed />}
      {way === "confirmed" && <LinkForm action={signUp} next={target} />}
      {(way === "first" || way === "open") && <SignUpForm action={signUp} next={target} />}
      <ProviderButtons providers={offeredProviders()} next={target} alone={way === "closed"} />
    </AuthPage>
  );
}

const descriptions: Record<SignUpWay, string> = {
  first: "The first account of this Callgate. Then create an org and register its first server.",
  open: "Then create an org and register its first server.",
  confirmed: "We mail you a link. Open it, then create an org and register its first server.",
  closed: "Ask whoever runs this Callgate for an account.",
};
