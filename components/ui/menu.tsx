"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { Link } from "./link.tsx";

export interface MenuProps {
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  children: ReactNode;
  className?: string;
}

export function Menu({
  trigger,
  align = "start",
  side = "bottom",
  children,
  className,
}: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-60 outline-none">
          <Base.Popup
            className={cn(
              popupStyles,
              "max-h-(--available-height) min-w-48 overflow-y-auto p-1",
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const popupStyles =
  "origin-(--transform-origin) rounded border bg-raised shadow outline-none transition-[opacity,scale] data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0";

export interface MenuItemProps {
  icon?: ReactNode;
  /** Shown at the right: a shortcut or a count. */
  hint?: ReactNode;
  tone?: "normal" | "danger";
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({
  icon,
  hint,
  tone = "normal",
  disabled,
  onSelect,
  children,
}: MenuItemProps) {
  return (
    <Base.Item
      {...(disabled !== undefined && { disabled })}
      onClick={onSelect}
      className={cn(itemStyles, tone === "danger" && "text-danger")}
    >
      <ItemContent icon={icon} hint={hint}>
        {children}
      </ItemContent>
    </Base.Item>
  );
}

export interface MenuLinkProps {
  href: string;
  icon?: ReactNode;
  hint?: ReactNode;
  children: ReactNode;
}

export function MenuLink({ href, icon, hint, children }: MenuLinkProps) {
  return (
    <Base.LinkItem closeOnClick render={<Link href={href} />} className={itemStyles}>
      <ItemContent icon={icon} hint={hint}>
        {children}
      </ItemContent>
    </Base.LinkItem>
  );
}

export interface MenuRadioOption<Value extends string> {
  value: Value;
  label: string;
  icon?: ReactNode;
}

export interface MenuRadioGroupProps<Value extends string> {
  label: string;
  options: readonly MenuRadioOption<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
}

/** One of a few; the menu stays open. */
export function MenuRadioGroup<Value extends string>(props: MenuRadioGroupProps<Value>) {
  const { label, options, value, onValueChange } = props;
  return (
    <MenuGroup label={label}>
      <Base.RadioGroup value={value} onValueChange={onValueChange}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className={itemStyles}>
            <ItemContent
              icon={option.icon}
              hint={<Check className={cn("size-4", option.value !== value && "invisible")} />}
            >
              {option.label}
            </ItemContent>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </MenuGroup>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-border" />;
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-muted text-xs">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

const itemStyles =
  "flex h-8 cursor-default select-none items-center gap-2 rounded px-2 text-sm outline-none data-disabled:opacity-55 data-highlighted:bg-hover pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted";

function ItemContent({
  icon,
  hint,
  children,
}: {
  icon?: ReactNode;
  hint?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint !== undefined && <span className="text-muted text-xs">{hint}</span>}
    </>
  );
}
