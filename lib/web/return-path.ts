const fallback = "/orgs";

/**
 * Where to go after signing in: a path of this site, or the list of orgs. Whatever a browser could
 * read as another origin ("//host", "/\host", a scheme) is not taken.
 */
export function returnPath(text: unknown): string {
  if (typeof text !== "string" || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(text)) return fallback;
  const base = "http://callgate.invalid";
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  // "/.//host" becomes "//host" only by being read as an address.
  if (url?.origin !== base || url.pathname.startsWith("//")) return fallback;
  if (/^\/(signin|signup|api)(\/|$)/.test(url.pathname)) return fallback;
  return url.pathname + url.search + url.hash;
}

/** The sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  return `/signin?next=${encodeURIComponent(returnPath(path))}`;
}
