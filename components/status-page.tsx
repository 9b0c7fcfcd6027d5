import type { ReactNode } from "react";
import { Brand } from "./auth/brand.tsx";

export interface StatusPageProps {
  title: string;
  description: ReactNode;
  action: ReactNode;
}

/** A whole page that says why there is no other. */
export function StatusPage({ title, description, action }: StatusPageProps) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-110 content-center justify-items-start gap-6 px-5 py-16">
      <Brand />
      <div className="grid gap-1.5">
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        <p className="text-base text-muted">{description}</p>
      </div>
      <div className="flex flex-wrap gap-2">{action}</div>
    </main>
  );
}
