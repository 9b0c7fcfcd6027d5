import { TabNav } from "#components/ui/tab-nav.tsx";

/** The parts of an org's settings that a role may see. */
export function SettingsTabs({ base, notifications }: { base: string; notifications: boolean }) {
  if (!notifications) return null;
  return (
    <TabNav
      label="Settings"
      items={[
        { href: base, label: "General" },
        { href: `${base}/notifications`, label: "Notifications" },
      ]}
    />
  );
}
