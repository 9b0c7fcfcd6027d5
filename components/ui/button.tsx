import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";
import { Link, type LinkProps } from "./link.tsx";
import { Spinner } from "./spinner.tsx";

export const buttonStyles = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded border border-transparent font-medium transition-colors disabled:opacity-55 aria-disabled:opacity-55 pointer-coarse:min-h-11 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary:
          "bg-accent-solid text-on-solid not-disabled:hover:bg-[color-mix(in_srgb,var(--color-accent-solid)_88%,black)]",
        secondary: "border-edge bg-raised not-disabled:hover:bg-hover",
        ghost: "text-muted not-disabled:hover:bg-hover not-disabled:hover:text-text",
        danger:
          "bg-danger-solid text-on-solid not-disabled:hover:bg-[color-mix(in_srgb,var(--color-danger-solid)_88%,black)]",
      },
      size: {
        small: "h-7 px-2 text-sm",
        medium: "h-8 px-3 text-sm",
        large: "h-10 px-4 text-base",
        icon: "size-8 pointer-coarse:min-w-11",
        iconSmall: "size-7 pointer-coarse:min-w-11",
      },
    },
    defaultVariants: { variant: "secondary", size: "medium" },
  },
);

export type ButtonLook = VariantProps<typeof buttonStyles>;

export type ButtonProps = ComponentProps<"button"> &
  ButtonLook & {
    icon?: ReactNode;
    /** Keeps its width and focus, shows a spinner and ignores clicks. */
    pending?: boolean | undefined;
    /** What is being done, for people who cannot see the spinner. */
    pendingText?: string | undefined;
  };

export function Button({
  variant,
  size,
  icon,
  pending = false,
  pendingText = "Working",
  className,
  children,
  onClick,
  type = "button",
  ...props
}: ButtonProps) {
  return (
    <button
      {...(pending ? { type: "button", "aria-disabled": true } : { type, onClick })}
      className={cn(buttonStyles({ variant, size }), pending && "relative", className)}
      {...props}
    >
      {pending ? (
        <>
          <span className="invisible inline-flex items-center gap-1.5">
            {icon}
            {children}
          </span>
          <span className="absolute inset-0 grid place-items-center">
            <Spinner />
            <span className="sr-only">{pendingText}</span>
          </span>
        </>
      ) : (
        <>
          {icon}
          {children}
        </>
      )}
    </button>
  );
}

export type ButtonLinkProps = LinkProps & ButtonLook & { icon?: ReactNode };

export function ButtonLink({
  variant,
  size,
  icon,
  className,
  children,
  ...props
}: ButtonLinkProps) {
  return (
    <Link className={cn(buttonStyles({ variant, size }), className)} {...props}>
      {icon}
      {children}
    </Link>
  );
}
