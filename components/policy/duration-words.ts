/** "1 hour", "90 seconds". */
export function describeDuration(seconds: number): string {
  const [name, length] = units.find(([, each]) => seconds % each === 0) ?? ["second", 1];
  const count = seconds / length;
  return count === 1 ? `1 ${name}` : `${count.toLocaleString("en")} ${name}s`;
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;
