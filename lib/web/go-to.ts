import "server-only";
import type { Route } from "next";
import { redirect } from "next/navigation";

/** Redirects to an address that was put together at run time, which the route types cannot know. */
export function goTo(path: string): never {
  redirect(path as Route);
}
