import type { PaletteItem } from "./palette-item.ts";

/** Items that contain every typed word, those whose label begins with the text first. */
export function matchItems(items: readonly PaletteItem[], query: string): readonly PaletteItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  const first = words[0] ?? "";
  return items
    .filter((item) => {
      const text = [item.label, item.group, item.hint, item.keywords].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((item, index) => ({ item, index, rank: rankOf(item.label.toLowerCase(), first) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ item }) => item);
}

/** In order of first appearance; an id that both the page and the server know appears once. */
export function groupItems(
  items: readonly PaletteItem[],
): readonly { label: string; items: readonly PaletteItem[] }[] {
  const groups = new Map<string, Map<string, PaletteItem>>();
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item.id)) continue;
    seen.add(item.id);
    const group = groups.get(item.group) ?? new Map<string, PaletteItem>();
    groups.set(item.group, group.set(item.id, item));
  }
  return [...groups].map(([label, members]) => ({ label, items: [...members.values()] }));
}

function rankOf(label: string, word: string): number {
  if (label.startsWith(word)) return 0;
  if (label.split(/[\s_\-./]+/).some((part) => part.startsWith(word))) return 1;
  return label.includes(word) ? 2 : 3;
}
