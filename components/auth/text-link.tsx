import { cn } from "#components/ui/cn.ts";
import { Link, type LinkProps } from "#components/ui/link.tsx";

/** A link inside a sentence. */
export function TextLink({ className, ...props }: LinkProps) {
  return (
    <Link
      className={cn(
        "rounded text-accent underline decoration-accent/40 underline-offset-3 transition-colors hover:decoration-accent",
        className,
      )}
      {...props}
    />
  );
}
