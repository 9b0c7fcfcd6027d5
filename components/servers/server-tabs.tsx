"use client";

import { usePathname } from "next/navigation";
import { TabNav } from "#components/ui/tab-nav.tsx";

/** Tools · Policy · Agents · Calls · Settings; none is current while an agent is being connected. */
export function ServerTabs({
  base,
  tools,
  agents,
}: {
  base: string;
  tools: number;
  agents: number;
}) {
  const pathname = usePathname();
  return (
    <TabNav
      label="Server"
      {...(pathname === `${base}/connect` && { current: pathname })}
      items={[
        { href: base, label: "Tools", count: tools },
        { href: `${base}/policy`, label: "Policy" },
        { href: `${base}/agents`, label: "Agents", count: agents },
        { href: `${base}/calls`, label: "Calls" },
        { href: `${base}/settings`, label: "Settings" },
      ]}
    />
  );
}
