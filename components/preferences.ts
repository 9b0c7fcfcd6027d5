"use client";

import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

/** The stored theme and a way to change it; the server renders as if it were the system's. */
export function useTheme(): [ThemeChoice, (choice: ThemeChoice) => void] {
  const value = useRootAttribute("data-theme");
  const theme: ThemeChoice = value === "light" || value === "dark" ? value : "system";
  return [theme, (choice) => store("theme", choice === "system" ? null : choice)];
}

/** Whether the rail shows icons only. */
export function useRailCollapsed(): [boolean, (collapsed: boolean) => void] {
  const collapsed = useRootAttribute("data-rail") === "collapsed";
  return [collapsed, (next) => store("rail", next ? "collapsed" : null)];
}

function useRootAttribute(name: string): string | null {
  return useSyncExternalStore(
    (notify) => {
      const observer = new MutationObserver(notify);
      observer.observe(document.documentElement, { attributeFilter: [name] });
      return () => observer.disconnect();
    },
    () => document.documentElement.getAttribute(name),
    () => null,
  );
}

/** In the cookie for other tabs and storage-less browsers, in localStorage because it lasts. */
function store(key: "theme" | "rail", value: string | null) {
  if (value === null) delete document.documentElement.dataset[key];
  else document.documentElement.dataset[key] = value;
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage can be switched off; the cookie below still holds the choice.
  }
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store interface is not in every browser
  document.cookie = `${key}=${value ?? ""}; path=/; samesite=lax; max-age=${value === null ? 0 : 31_536_000}`;
}
