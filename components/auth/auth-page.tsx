import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";

export interface AuthPageProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** The way to the other page: "New here? Create an account". */
  footer?: ReactNode;
}

/** One column and nothing else to look at. */
export function AuthPage({ title, description, children, footer }: AuthPageProps) {
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] px-5">
      <header className="mx-auto w-full max-w-90 pt-8 sm:pt-[14dvh]">
        <Brand />
      </header>
      <main className="mx-auto grid w-full max-w-90 content-start gap-6 pt-10 pb-16">
        <div className="grid gap-1">
          <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
          {description !== undefined && <p className="text-base text-muted">{description}</p>}
        </div>
        {children}
        {footer && <p className="text-muted text-sm">{footer}</p>}
      </main>
    </div>
  );
}
