import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const echo = `
  const server = require("node:http").createServer((request, response) => {
    response.end(request.headers["x-forwarded-for"] ?? "none");
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
`;

/** What a server sees when a client claims to come from 203.0.113.9. */
async function seenAddress(preloads: string[]): Promise<string> {
  const child = spawn(process.execPath, [...preloads, "-e", echo], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(child.stdout, "data");
    const headers = { "x-forwarded-for": "203.0.113.9" };
    return await (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
  } finally {
    child.kill();
  }
}

test("without a reverse proxy in front, nobody chooses the address they are throttled by", async () => {
  const preload = join(import.meta.dirname, "forwarded-for.mjs");
  expect(await seenAddress(["--import", preload])).toBe("none");
  expect(await seenAddress([])).toBe("203.0.113.9");
});
