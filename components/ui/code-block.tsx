import { Check, Copy } from "lucide-react";
import { buttonStyles } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyCode } from "./copy-code.tsx";

export interface CodeBlockProps {
  code: string;
  /** What the code is, for the Copy button and screen readers: "policy", "configuration". */
  what: string;
  /** A file name or a language, above the code. */
  title?: string;
  /** Breaks long lines instead of scrolling. */
  wrap?: boolean;
  className?: string;
}

export function CodeBlock({ code, what, title, wrap = false, className }: CodeBlockProps) {
  return (
    <figure className={cn("min-w-0 overflow-hidden rounded border bg-sunken", className)}>
      {title !== undefined && (
        <figcaption className="flex items-center justify-between gap-2 border-b py-1 pr-1 pl-3 text-muted text-xs">
          <span className="min-w-0 truncate" title={title}>
            {title}
          </span>
          <CopyCode
            value={code}
            what={what}
            className={cn(buttonStyles({ variant: "ghost", size: "small" }), "min-w-19")}
            {...icons}
          />
        </figcaption>
      )}
      <div className="relative">
        <Code code={code} what={what} wrap={wrap} />
        {title === undefined && (
          <CopyCode
            value={code}
            what={what}
            className={cn(buttonStyles({ size: "small" }), "absolute top-1.5 right-1.5 min-w-19")}
            {...icons}
          />
        )}
      </div>
    </figure>
  );
}

const icons = {
  icon: <Copy aria-hidden="true" className="size-3.5" />,
  copiedIcon: <Check aria-hidden="true" className="size-3.5 text-positive" />,
};

export interface CodeProps {
  code: string;
  what: string;
  wrap: boolean;
}

export function Code({ code, what, wrap }: CodeProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section cannot be preformatted
    <pre
      role="region"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={what}
      className={cn(
        "overflow-x-auto p-3 font-mono text-sm focus-visible:-outline-offset-2",
        wrap && "whitespace-pre-wrap break-words",
      )}
    >
      <code>{code}</code>
    </pre>
  );
}
