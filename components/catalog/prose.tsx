import type { ReactNode } from "react";

/** A part of a catalogue page: a heading that can be linked, and text of a readable length. */
export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section
      aria-labelledby={id}
      className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-3"
    >
      <h2 id={id} className="group scroll-mt-6 font-semibold text-lg">
        <a href={`#${id}`} className="rounded hover:underline">
          {title}
        </a>
      </h2>
      {children}
    </section>
  );
}

export function Text({ children }: { children: ReactNode }) {
  return <p className="wrap-anywhere min-w-0 max-w-[72ch] text-base leading-relaxed">{children}</p>;
}
