"use client";

import { useTheme } from "./preferences.ts";
import { themeOptions } from "./theme-switch.tsx";
import { MenuRadioGroup } from "./ui/menu.tsx";

/** ThemeSwitch inside a Menu. */
export function ThemeMenuGroup() {
  const [theme, setTheme] = useTheme();
  return (
    <MenuRadioGroup label="Theme" options={themeOptions} value={theme} onValueChange={setTheme} />
  );
}
