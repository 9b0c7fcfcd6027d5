import type { Metadata } from "next";
import { signUp } from "#app/signin/actions.ts";
import { AuthPage } from "#components/auth/auth-page.tsx";
import { ProviderButtons } from "#components/auth/provider-buttons.tsx";
import { SignUpForm } from "#components/auth/sign-up-form.tsx";
import { TextLink } from "#components/auth/text-link.tsx";
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
  return (
    <AuthPage
      title="Create an account"
      description="Then create an org and register its first server."
      footer={
        <>
          Have an account? <TextLink href={`/signin${query}`}>Sign in</TextLink>
        </>
      }
    >
      <SignUpForm action={signUp} next={target} />
      <ProviderButtons providers={offeredProviders()} next={target} />
    </AuthPage>
  );
}
