import type { ReactNode } from "react";

/** A titled part of the visual editor. */
export function VisualPart(props: { title: string; description?: string; children: ReactNode }) {
  return (
    <section aria-label={props.title} className="grid min-w-0 content-start gap-2">
      <div className="grid gap-0.5">
        <h2 className="font-semibold text-base">{props.title}</h2>
        {props.description !== undefined && (
          <p className="max-w-[72ch] text-muted text-sm">{props.description}</p>
        )}
      </div>
      {props.children}
    </section>
  );
}
