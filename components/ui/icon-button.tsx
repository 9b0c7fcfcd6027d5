"use client";

import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { Tooltip } from "./tooltip.tsx";

export type IconButtonProps = Omit<ButtonProps, "children" | "size" | "icon" | "aria-label"> & {
  label: string;
  icon: ReactNode;
  size?: "icon" | "iconSmall";
  shortcut?: string | undefined;
};

/** A button that is only an icon: its name is the tooltip and the accessible name. */
export function IconButton({
  label,
  icon,
  shortcut,
  variant = "ghost",
  size = "icon",
  ...props
}: IconButtonProps) {
  return (
    <Tooltip content={label} shortcut={shortcut}>
      <Button aria-label={label} variant={variant} size={size} icon={icon} {...props} />
    </Tooltip>
  );
}
