import type { Route } from "next";
import NextLink from "next/link";
import type { ComponentProps } from "react";

export type LinkProps = Omit<ComponentProps<typeof NextLink>, "href"> & { href: string };

/** next/link for addresses that arrive as data. */
export function Link({ href, ...props }: LinkProps) {
  // Addresses are built from slugs at run time, which the route types cannot know.
  return <NextLink href={href as Route} {...props} />;
}
