import { Bot, ListTree, Server, Wrench } from "lucide-react";
import type { PaletteItem } from "#components/shell/palette-item.ts";

/** What the palette's search finds, as the server answers it. */
export type FoundItem =
  | { kind: "server"; slug: string; name: string }
  | { kind: "tool"; name: string; server: string }
  | { kind: "agent"; name: string }
  | { kind: "call"; id: string; tool: string };

/** A found thing with its place in the palette and its address. */
export function paletteItemOf(base: string, item: FoundItem): PaletteItem {
  switch (item.kind) {
    case "server":
      return {
        id: `server-${item.slug}`,
        label: item.name,
        group: "Servers",
        hint: item.slug,
        icon: <Server aria-hidden="true" />,
        target: { href: `${base}/servers/${item.slug}` },
      };
    case "tool":
      return {
        id: `tool-${item.server}-${item.name}`,
        label: item.name,
        group: "Tools",
        hint: item.server,
        mono: true,
        icon: <Wrench aria-hidden="true" />,
        target: {
          href: `${base}/servers/${item.server}?tool=${encodeURIComponent(item.name)}`,
        },
      };
    case "agent":
      return {
        id: `agent-${item.name}`,
        label: item.name,
        group: "Agents",
        mono: true,
        icon: <Bot aria-hidden="true" />,
        target: { href: `${base}/agents/${item.name}` },
      };
    case "call":
      return {
        id: `call-${item.id}`,
        label: item.id,
        group: "Calls",
        hint: item.tool,
        mono: true,
        icon: <ListTree aria-hidden="true" />,
        target: { href: `${base}/calls/${item.id}` },
      };
  }
}
