import "server-only";
import type { NextAuthOptions } from "next-auth";
import GitHubProvider from "next-auth/providers/github";
import GoogleProvider from "next-auth/providers/google";
import { z } from "zod";
import { env } from "#lib/env.ts";

/** The providers whose environment variables are set, as the sign-in page offers them. */
export function offeredProviders(): { id: string; name: string }[] {
  return accountProviders().map(({ id, name }) => ({ id, name }));
}

/** The same for next-auth. */
export function accountProviders(): NextAuthOptions["providers"] {
  const settings = env();
  const providers: NextAuthOptions["providers"] = [];
  if (settings.GITHUB_ID && settings.GITHUB_SECRET) {
    providers.push(github(settings.GITHUB_ID, settings.GITHUB_SECRET));
  }
  if (settings.GOOGLE_ID && settings.GOOGLE_SECRET) {
    const { GOOGLE_ID: clientId, GOOGLE_SECRET: clientSecret } = settings;
    providers.push({ ...GoogleProvider({ clientId, clientSecret }), name: "Google" });
  }
  if (settings.OIDC_ISSUER && settings.OIDC_ID && settings.OIDC_SECRET) {
    providers.push({
      id: "oidc",
      name: settings.OIDC_NAME,
      type: "oauth",
      wellKnown: `${settings.OIDC_ISSUER.replace(/\/$/, "")}/.well-known/openid-configuration`,
      clientId: settings.OIDC_ID,
      clientSecret: settings.OIDC_SECRET,
      authorization: { params: { scope: "openid email profile" } },
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      profile: (claims: OidcClaims) => ({
        id: claims.sub,
        email: claims.email ?? null,
        name: claims.name ?? claims.preferred_username ?? claims.email ?? null,
      }),
    });
  }
  return providers;
}

/** Whether the provider has verified the address; what is not said is not so. */
export function isAddressVerified(provider: string, profile: unknown): boolean {
  if (provider === "github") return true; // Only a verified address is taken over, below.
  const claims = z.object({ email_verified: z.literal(true) }).safeParse(profile);
  return claims.success;
}

interface OidcClaims {
  sub: string;
  email?: string;
  name?: string;
  preferred_username?: string;
}

const GitHubAddresses = z.array(
  z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }),
);

/** GitHub's own list of addresses decides, not the one a profile shows. */
function github(clientId: string, clientSecret: string) {
  return GitHubProvider({
    clientId,
    clientSecret,
    userinfo: {
      url: "https://api.github.com/user",
      async request({ client, tokens }) {
        const accessToken = tokens.access_token ?? "";
        const profile = await client.userinfo(accessToken);
        const response = await fetch("https://api.github.com/user/emails", {
          headers: { authorization: `Bearer ${accessToken}`, "user-agent": "callgate" },
        });
        const addresses = GitHubAddresses.safeParse(response.ok ? await response.json() : []);
        const verified = addresses.data?.find(({ primary, verified }) => primary && verified);
        // An empty address is refused by linkProviderAccount.
        return { ...profile, email: verified?.email ?? "" };
      },
    },
  });
}
