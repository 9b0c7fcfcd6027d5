import { Banknote, Eye, type LucideIcon, Pencil, Play, Trash } from "lucide-react";

export type CategoryName = "read" | "write" | "execute" | "destructive" | "financial";

export const categoryLooks: Record<CategoryName, { label: string; Icon: LucideIcon }> = {
  read: { label: "Read", Icon: Eye },
  write: { label: "Write", Icon: Pencil },
  execute: { label: "Execute", Icon: Play },
  destructive: { label: "Destructive", Icon: Trash },
  financial: { label: "Financial", Icon: Banknote },
};

/** What a tool does, as icon and word. */
export function CategoryLabel({ category }: { category: CategoryName }) {
  const { label, Icon } = categoryLooks[category];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap align-middle text-sm">
      <Icon aria-hidden="true" className="size-3.5 shrink-0 text-muted" />
      {label}
    </span>
  );
}
