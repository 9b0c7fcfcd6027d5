"use client";

import { Plug } from "lucide-react";
import { usePathname } from "next/navigation";
import { ButtonLink } from "#components/ui/button.tsx";

/** The primary action of a server's pages; gone on the page it leads to. */
export function ConnectLink({ href }: { href: string }) {
  if (usePathname() === href) return null;
  return (
    <ButtonLink href={href} variant="primary" icon={<Plug aria-hidden="true" className="size-4" />}>
      Connect an agent
    </ButtonLink>
  );
}
