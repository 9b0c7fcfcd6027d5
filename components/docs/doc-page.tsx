import type { ReactNode } from "react";
import { Link } from "#components/ui/link.tsx";

const pages = [
  { href: "/docs", label: "Quick start" },
  { href: "/docs/policy", label: "Policy reference" },
  { href: "/docs/refusals", label: "Refusals" },
  { href: "/docs/operations", label: "Operations" },
];

/** The frame of a documentation page: the others at the left, one column of text. */
export function DocPage({
  title,
  lead,
  current,
  children,
}: {
  title: string;
  lead: string;
  current: string;
  children: ReactNode;
}) {
  return (
    <div className="grid gap-8 lg:grid-cols-[12rem_1fr]">
      <nav aria-label="Documentation" className="print:hidden">
        <ul className="flex flex-wrap gap-x-5 gap-y-1 lg:sticky lg:top-8 lg:grid">
          {pages.map(({ href, label }) => (
            <li key={href}>
              <Link
                href={href}
                aria-current={href === current ? "page" : undefined}
                className="block rounded py-1.5 text-muted text-sm hover:text-text aria-[current=page]:font-medium aria-[current=page]:text-text"
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <article className="grid min-w-0 content-start gap-8">
        <header className="grid gap-2">
          <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
          <p className="wrap-anywhere max-w-[72ch] text-base text-muted">{lead}</p>
        </header>
        {children}
      </article>
    </div>
  );
}
