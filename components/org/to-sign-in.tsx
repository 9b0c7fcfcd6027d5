"use client";

import { redirect, usePathname, useSearchParams } from "next/navigation";

/** Sends whoever is not signed in away to do so and back to exactly this address. */
export function ToSignIn(): never {
  const path = usePathname();
  const query = useSearchParams().toString();
  const next = query === "" ? path : `${path}?${query}`;
  redirect(`/signin?next=${encodeURIComponent(next)}`);
}
