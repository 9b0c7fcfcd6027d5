import type { Metadata } from "next";
import { AuthPage } from "#components/auth/auth-page.tsx";
import { ProviderButtons } from "#components/auth/provider-buttons.tsx";
import { SignInForm } from "#components/auth/sign-in-form.tsx";
import { TextLink } from "#components/auth/text-link.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { env } from "#lib/env.ts";
import { goTo } from "#lib/web/go-to.ts";
import { offeredProviders } from "#lib/web/providers.ts";
import { returnPath } from "#lib/web/return-path.ts";
import { currentUser } from "#lib/web/session.ts";
import { signIn } from "./actions.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/signin">) {
  const { next, error } = await searchParams;
  if ((await currentUser()) && error === undefined) goTo(returnPath(next));
  const target = next === undefined ? undefined : returnPath(next);
  const query = target === undefined ? "" : `?next=${encodeURIComponent(target)}`;
  return (
    <AuthPage
      title="Sign in"
      footer={
        <>
          New here? <TextLink href={`/signup${query}`}>Create an account</TextLink>
        </>
      }
    >
      {error !== undefined && <FormSummary message={providerProblem(error)} />}
      <SignInForm action={signIn} next={target} />
      <ProviderButtons
        providers={offeredProviders()}
        next={target}
        linkHref={env().smtp === null ? undefined : `/signin/link${query}`}
      />
    </AuthPage>
  );
}

/** What a provider's answer came to; the code is ours or next-auth's. */
function providerProblem(code: string | string[]): string {
  switch (code) {
    case "conflict":
      return "An account with this address exists already. Sign in the way you did before.";
    case "unauthenticated":
    case "invalid_input":
      return "The provider has not verified your e-mail address. Verify it there and sign in again.";
    case "AccessDenied":
      return "The provider refused the sign-in. Allow it there, or use another way.";
    default:
      return "Signing in with the provider did not finish. Try again, or use your password.";
  }
}
