import "server-only";
import { cookies } from "next/headers";
import NextAuth, { type NextAuthOptions } from "next-auth";
import { decode, encode } from "next-auth/jwt";
import { z } from "zod";
import { endUserSession, openUserSession } from "#lib/auth/sessions.ts";
import type { SignedIn } from "#lib/auth/user.ts";
import { linkProviderAccount } from "#lib/auth/users.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { accountProviders, isAddressVerified } from "./providers.ts";

const sessionSeconds = 7 * 24 * 60 * 60;

/** next-auth's handler for `/api/auth/…`; only providers need it. */
export function authHandler(request: Request, context: unknown): Promise<Response> {
  // Where callbacks lead; next-auth reads it from nowhere else.
  process.env.NEXTAUTH_URL ??= env().publicUrl;
  return NextAuth(authOptions())(request, context);
}

/** Gives the browser the session that was opened for somebody who has just proved who they are. */
export async function signInBrowser({ user, session }: SignedIn): Promise<void> {
  await signOutBrowser();
  const { id, expiresAt } = session;
  const token = { sub: user.id, sessionId: id };
  const value = await encode({ token, secret: sessionSecret(), maxAge: sessionSeconds });
  const { name, options } = sessionCookie();
  (await cookies()).set(name, value, { ...options, expires: expiresAt });
}

/** Ends the browser's session, on record and in the browser. */
export async function signOutBrowser(): Promise<void> {
  const sessionId = await readSessionId();
  if (sessionId !== null) await endUserSession(sessionId);
  const { name, options } = sessionCookie();
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}

/** The session the browser claims; whether it still stands, only its row says. */
export async function readSessionId(): Promise<string | null> {
  const value = (await cookies()).get(sessionCookie().name)?.value;
  if (!value) return null;
  try {
    const token = await decode({ token: value, secret: sessionSecret() });
    return typeof token?.sessionId === "string" ? token.sessionId : null;
  } catch {
    // Made with another secret, altered or lapsed: nobody is signed in.
    return null;
  }
}

function authOptions(): NextAuthOptions {
  return {
    secret: sessionSecret(),
    session: { strategy: "jwt", maxAge: sessionSeconds },
    pages: { signIn: "/signin", error: "/signin" },
    useSecureCookies: isSecure(),
    cookies: { sessionToken: sessionCookie() },
    providers: accountProviders(),
    callbacks: {
      async signIn({ user, account, profile }) {
        if (!account) return false;
        try {
          const linked = await linkProviderAccount({
            provider: account.provider,
            providerAccountId: account.providerAccountId,
            email: user.email ?? "",
            emailVerified: isAddressVerified(account.provider, profile),
            name: (user.name ?? "").trim() || (user.email ?? ""),
          });
          user.id = linked.id;
          return true;
        } catch (error) {
          if (error instanceof AppError) return `/signin?error=${error.code}`;
          throw error;
        }
      },
      async jwt({ token, user, account }) {
        if (!account) return token;
        const session = await openUserSession(user.id);
        return { sub: user.id, sessionId: session.id };
      },
    },
    events: {
      async signOut({ token }) {
        const sessionId = z.object({ sessionId: z.string() }).safeParse(token);
        if (sessionId.success) await endUserSession(sessionId.data.sessionId);
      },
    },
  };
}

/** `__Host-` binds the cookie to this host over TLS (RFC 6265bis); plain http cannot carry it. */
function sessionCookie() {
  const secure = isSecure();
  return {
    name: secure ? "__Host-next-auth.session-token" : "next-auth.session-token",
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure },
  };
}

function isSecure(): boolean {
  return env().publicUrl.startsWith("https://");
}

function sessionSecret(): string {
  const secret = env().NEXTAUTH_SECRET;
  if (secret !== undefined) return secret;
  throw new Error("NEXTAUTH_SECRET is not set: give it 32 random characters or more.");
}
