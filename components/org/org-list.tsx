import { ChevronRight } from "lucide-react";
import { Initial } from "#components/shell/org-switcher.tsx";
import { Card } from "#components/ui/card.tsx";
import { Link } from "#components/ui/link.tsx";
import type { OrgRef } from "#lib/auth/context.ts";
import type { Role } from "#lib/auth/permissions.ts";
import { roleNames } from "./role-names.ts";

/** A person's orgs; each leads to `place` in it, or to its overview. */
export function OrgList({
  orgs,
  place = "",
}: {
  orgs: readonly { org: OrgRef; role: Role }[];
  place?: string | undefined;
}) {
  return (
    <Card>
      <ul className="divide-y">
        {orgs.map(({ org, role }) => (
          <li key={org.id}>
            <Link
              href={`/orgs/${org.slug}${place}`}
              className="flex min-h-14 items-center gap-3 rounded px-3 py-2 transition-colors hover:bg-hover focus-visible:-outline-offset-2"
            >
              <Initial name={org.name} className="size-8 bg-hover text-text" />
              <span className="grid min-w-0 flex-1">
                <span className="truncate font-medium text-base">{org.name}</span>
                <span className="truncate font-mono text-muted text-xs">{org.slug}</span>
              </span>
              <span className="text-muted text-sm">{roleNames[role]}</span>
              <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
