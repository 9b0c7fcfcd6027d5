import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** How parts and their texts look, said once for all of them: a page carries its classes twice. */
const looks = [
  "grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-8",
  "[&_section]:grid [&_section]:min-w-0 [&_section]:grid-cols-[minmax(0,1fr)] [&_section]:content-start [&_section]:gap-3",
  "[&_section_section]:gap-2",
  "[&_h2]:scroll-mt-6 [&_h2]:font-semibold [&_h2]:text-lg",
  "[&_h3]:scroll-mt-6 [&_h3]:font-medium [&_h3]:text-base",
  "[&_:is(h2,h3)>a]:rounded [&_:is(h2,h3)>a:hover]:underline",
  "[&_section>p]:wrap-anywhere [&_section>p]:min-w-0 [&_section>p]:max-w-[72ch] [&_section>p]:text-base [&_section>p]:leading-relaxed",
].join(" ");

/** Around parts, texts and questions; nothing of them has a look without it. */
export function Prose({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cn(looks, className)}>{children}</div>;
}

/** A part of a page: a heading that can be linked, and text of a readable length. */
export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        <a href={`#${id}`}>{title}</a>
      </h2>
      {children}
    </section>
  );
}

export function Text({ children }: { children: ReactNode }) {
  return <p>{children}</p>;
}
