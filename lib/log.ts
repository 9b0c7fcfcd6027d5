/**
 * The one way the product writes to its log: a JSON line on standard error. Fields must be free of
 * secrets, tokens and argument values; errors are named, and their stack is only added in `detail`
 * by callers that know it holds none.
 */
export function log(
  level: "info" | "warn" | "error",
  message: string,
  fields: Record<string, unknown> = {},
): void {
  const line = { at: new Date().toISOString(), level, message, ...fields };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
