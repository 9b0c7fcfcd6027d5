import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Node's flags for the proxy: most of what a call leaves behind dies young, so a small nursery does. */
export const proxyFlags = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=4"];

/**
 * Where Node keeps what it has compiled. A proxy that finds all its modules there does not load the
 * compiler that strips their types, which takes a fifth of its memory.
 */
export const proxyEnvironment = {
  NODE_COMPILE_CACHE: join(root, "node_modules/.cache/callgate/compiled"),
};

/** Has Node compile the proxy's modules, so that the first start finds them compiled as well. */
export async function compileProxy(): Promise<void> {
  // Without a database the proxy says so and ends, when everything has been loaded.
  const { DATABASE_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [...proxyFlags, join(root, "scripts/load-proxy.ts")], {
    env: { ...environment, ...proxyEnvironment },
    stdio: "ignore",
  });
  await once(child, "exit");
}
