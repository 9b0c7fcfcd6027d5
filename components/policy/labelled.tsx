import type { ReactNode } from "react";

/** A control under its name, with help below. */
export function Labelled(props: { title: string; help?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="grid min-w-0 content-start gap-1 text-sm">
      <span className="font-medium">{props.title}</span>
      {props.children}
      {props.help !== undefined && <span className="text-muted text-xs">{props.help}</span>}
    </label>
  );
}
