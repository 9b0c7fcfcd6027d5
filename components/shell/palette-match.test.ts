import { describe, expect, test } from "vitest";
import type { PaletteItem } from "./palette-item.ts";
import { groupItems, matchItems } from "./palette-match.ts";

function item(label: string, group = "Tools", id = label): PaletteItem {
  return { id, label, group, target: { href: `/${id}` } };
}

describe("the palette", () => {
  test("finds an item by words in any order", () => {
    const items = [item("delete_file"), item("read_file")];
    expect(matchItems(items, "file del").map(({ label }) => label)).toEqual(["delete_file"]);
  });

  test("puts names that begin with what was typed first", () => {
    const items = [item("unapproved"), item("list_approvals"), item("approve_all")];
    expect(matchItems(items, "app").map(({ label }) => label)).toEqual([
      "approve_all",
      "list_approvals",
      "unapproved",
    ]);
  });

  test("offers everything before anything is typed", () => {
    const items = [item("b"), item("a")];
    expect(matchItems(items, "  ")).toEqual(items);
  });

  test("shows something that the page and the server both know once", () => {
    const groups = groupItems([item("a"), item("b", "Agents"), item("a", "Servers")]);
    expect(groups.map(({ label, items }) => [label, items.length])).toEqual([
      ["Tools", 1],
      ["Agents", 1],
    ]);
  });
});
