/** "1 minute", "90 seconds": in the longest unit that divides it. */
export function describeDuration(seconds: number): string {
  const [name, length] = timeUnits.find(([, each]) => seconds % each === 0) ?? ["second", 1];
  const count = seconds / length;
  return count === 1 ? `1 ${name}` : `${count} ${name}s`;
}

const timeUnits = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;
