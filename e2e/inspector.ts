import { join } from "node:path";
import { node, root } from "./product.ts";
import { type Run, run } from "./run.ts";

/** The Inspector's command line, another real client, with an agent's URL and token. */
export function inspector(
  { url, token }: { url: string; token: string },
  args: readonly string[],
): Promise<Run> {
  const program = join(root, "node_modules/.bin/mcp-inspector");
  const target = [
    "--cli",
    url,
    "--transport",
    "http",
    "--header",
    `Authorization: Bearer ${token}`,
  ];
  const rest = ["--stored-auth-only", "--format", "json", ...args];
  return run(node, [program, ...target, ...rest], {
    env: { MCP_INSPECTOR_SECRET_STORE: "memory" },
  });
}
