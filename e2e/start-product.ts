import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "#scripts/free-port.ts";
import type { MailServer } from "./mail.ts";
import { type Product, productEnvironment, root } from "./product.ts";

/** A first start builds the dashboard. */
const startMilliseconds = 10 * 60_000;
const stopMilliseconds = 60_000;

export interface StartedProduct {
  product: Product;
  /** @throws Error when it did not end cleanly */
  stop(): Promise<void>;
}

/**
 * Starts the real product as people do, in a fresh data folder; it is stopped by its own process id.
 *
 * @param name        of the file in test-results that gets all it says
 * @param environment what differs from the environment of the tests
 * @param mail        its mail server; it sends no mail without
 * @throws Error when it does not start or ends on its own, with the end of what it said
 */
export async function startProduct(
  name: string,
  environment: Record<string, string> = {},
  mail?: MailServer,
): Promise<StartedProduct> {
  const dataDir = mkdtempSync(join(tmpdir(), "callgate-e2e-"));
  // Postgres runs as another user below root and has to get in.
  chmodSync(dataDir, 0o755);
  const product: Product = {
    dashboardUrl: `http://127.0.0.1:${await freePort()}`,
    proxyUrl: `http://127.0.0.1:${await freePort()}`,
    dataDir,
    mailDir: mail?.folder ?? "",
  };
  const log = collectOutput(name);
  const child = spawn(process.execPath, ["scripts/run.mjs", "scripts/start.ts"], {
    cwd: root,
    env: { ...environmentOf(product), ...mail?.environment, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", log.add);
  child.stderr.on("data", log.add);
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));

  const stop = async () => {
    child.kill("SIGTERM");
    const code = await Promise.race([
      ended,
      wait(stopMilliseconds, "late" as const, { ref: false }),
    ]);
    if (code === "late") child.kill("SIGKILL");
    const left = await stillAnswering(product);
    const postgres = existsSync(join(dataDir, "postgres/postmaster.pid"));
    if (code !== 0 || left.length > 0 || postgres) {
      const rest = [...left, ...(postgres ? ["Postgres"] : [])].join(", ") || "nothing";
      throw new Error(
        `The product did not end cleanly: code ${code}, left over: ${rest}\n${log.tail()}`,
      );
    }
    rmSync(dataDir, { recursive: true, force: true });
  };

  try {
    await answers(`${product.proxyUrl}/healthz`, child);
    await answers(`${product.dashboardUrl}/api/health`, child);
    // Only then is everything there, the public catalogue included.
    await log.says("Callgate is ready");
  } catch (error) {
    if (child.exitCode === null && child.signalCode === null) await stop();
    throw new Error(`${error instanceof Error ? error.message : error}\n${log.tail()}`);
  }
  return { product, stop };
}

function environmentOf(product: Product): NodeJS.ProcessEnv {
  const {
    DATABASE_URL: _own,
    PUBLIC_URL: _url,
    PUBLIC_PROXY_URL: _proxy,
    SMTP_URL: _mail,
    SIGN_UP: _signUp,
    ...inherited
  } = process.env;
  return {
    ...inherited,
    ...productEnvironment(product),
    // An agent that has to wait for a person is told so at once.
    APPROVAL_HOLD_SECONDS: process.env.APPROVAL_HOLD_SECONDS ?? "0",
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startMilliseconds;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`npm start ended with ${child.exitCode ?? child.signalCode}`);
    }
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    if (Date.now() > deadline) throw new Error(`${url} did not answer in time`);
    await wait(200);
  }
}

async function stillAnswering({ proxyUrl, dashboardUrl }: Product): Promise<string[]> {
  const urls = [`${proxyUrl}/healthz`, `${dashboardUrl}/api/health`];
  const found = await Promise.all(
    urls.map((url) =>
      fetch(url).then(
        () => [url],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** Everything the product says, for a person to read afterwards. */
function collectOutput(name: string) {
  mkdirSync(join(root, "test-results"), { recursive: true });
  const file = createWriteStream(join(root, "test-results", `${name}.log`));
  let text = "";
  return {
    add: (chunk: Buffer) => {
      file.write(chunk);
      text = (text + chunk.toString("utf8")).slice(-8_000);
    },
    tail: () => text,
    async says(words: string) {
      const deadline = Date.now() + startMilliseconds;
      while (!text.includes(words)) {
        if (Date.now() > deadline) throw new Error(`npm start never said “${words}”`);
        await wait(100);
      }
    },
  };
}
