"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { type ThemeChoice, useTheme } from "./preferences.ts";
import { MenuRadioGroup, type MenuRadioOption } from "./ui/menu.tsx";
import { Segmented } from "./ui/segmented.tsx";

const options: readonly MenuRadioOption<ThemeChoice>[] = [
  { value: "system", label: "System", icon: <Monitor aria-hidden="true" className="size-3.5" /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden="true" className="size-3.5" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden="true" className="size-3.5" /> },
];

/** For public pages and settings. */
export function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return <Segmented label="Theme" options={options} value={theme} onValueChange={setTheme} />;
}

/** The same choice inside a Menu. */
export function ThemeMenuGroup() {
  const [theme, setTheme] = useTheme();
  return <MenuRadioGroup label="Theme" options={options} value={theme} onValueChange={setTheme} />;
}
