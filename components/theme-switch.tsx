"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { type ThemeChoice, useTheme } from "./preferences.ts";
import { Segmented, type SegmentedOption } from "./ui/segmented.tsx";

export const themeOptions: readonly SegmentedOption<ThemeChoice>[] = [
  { value: "system", label: "System", icon: <Monitor aria-hidden="true" className="size-3.5" /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden="true" className="size-3.5" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden="true" className="size-3.5" /> },
];

/** For public pages and settings. */
export function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return <Segmented label="Theme" options={themeOptions} value={theme} onValueChange={setTheme} />;
}
