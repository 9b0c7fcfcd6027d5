import type { ReactNode } from "react";
import { Card, Section } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { Link } from "#components/ui/link.tsx";

export interface RankingRow {
  id: string;
  label: ReactNode;
  hint?: string;
  count: number;
  href: string;
}

export interface RankingProps {
  title: string;
  rows: readonly RankingRow[];
  empty: string;
  tone: "danger" | "accent";
}

/** The five most of something in the last 24 hours, with bars to compare by. */
export function Ranking({ title, rows, empty, tone }: RankingProps) {
  const highest = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <Section title={title}>
      <Card>
        {rows.length === 0 ? (
          <p className="px-4 py-6 text-muted text-sm">{empty}</p>
        ) : (
          <ul className="py-1.5">
            {rows.map((row) => (
              <li key={row.id}>
                <Link
                  href={row.href}
                  data-row=""
                  data-row-link=""
                  className="relative flex min-h-9 items-center gap-3 px-4 text-sm transition-colors hover:bg-hover focus-visible:-outline-offset-2 pointer-coarse:min-h-11"
                >
                  <span className="min-w-0 truncate font-mono">{row.label}</span>
                  {row.hint !== undefined && (
                    <span className="min-w-0 truncate text-muted">{row.hint}</span>
                  )}
                  <svg
                    aria-hidden="true"
                    viewBox="0 0 100 4"
                    preserveAspectRatio="none"
                    className="ml-auto h-1 w-32 shrink-0 rounded-full max-sm:hidden"
                  >
                    <rect
                      x={100 - (row.count / highest) * 100}
                      width={(row.count / highest) * 100}
                      height="4"
                      className={cn({ danger: "fill-danger/70", accent: "fill-muted/70" }[tone])}
                    />
                  </svg>
                  <span className="w-14 shrink-0 text-right tabular-nums max-sm:ml-auto">
                    {row.count.toLocaleString("en")}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Section>
  );
}
