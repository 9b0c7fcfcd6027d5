import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { Link } from "./link.tsx";

export interface Crumb {
  label: string;
  href: string;
}

export interface PageHeaderProps {
  title: ReactNode;
  /** The way here, without the page itself. */
  breadcrumbs?: readonly Crumb[];
  description?: ReactNode;
  /** Health, badges and other small facts beside the title. */
  meta?: ReactNode;
  /** The page's one primary action, and at most a menu beside it. */
  action?: ReactNode;
  /** Tabs or filters that belong to the header. */
  children?: ReactNode;
}

export function PageHeader(props: PageHeaderProps) {
  const { title, breadcrumbs = [], description, meta, action, children } = props;
  return (
    <header className="grid gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 sm:flex-nowrap">
        <div className="grid min-w-0 gap-1">
          {breadcrumbs.length > 0 && (
            <nav aria-label="Breadcrumb">
              <ol className="flex flex-wrap items-center gap-1 text-muted text-sm">
                {breadcrumbs.map((crumb, index) => (
                  <li key={crumb.href} className="flex items-center gap-1">
                    {index > 0 && <ChevronRight aria-hidden="true" className="size-3.5" />}
                    <Link
                      href={crumb.href}
                      className="rounded transition-colors hover:text-text pointer-coarse:py-2"
                    >
                      {crumb.label}
                    </Link>
                  </li>
                ))}
              </ol>
            </nav>
          )}
          <div
            className={cn(
              "flex min-h-8 min-w-0 flex-wrap items-center gap-x-3 gap-y-1",
              action !== undefined && breadcrumbs.length === 0 && "pointer-coarse:min-h-11",
            )}
          >
            <h1 className="min-w-0 break-words font-semibold text-xl tracking-tight">{title}</h1>
            {meta}
          </div>
          {description !== undefined && (
            <p className="max-w-[72ch] text-base text-muted">{description}</p>
          )}
        </div>
        {action !== undefined && (
          <div className="flex flex-wrap items-center gap-2 sm:shrink-0">{action}</div>
        )}
      </div>
      {children}
    </header>
  );
}
