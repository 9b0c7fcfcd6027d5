import { execFileSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Strangers } from "#proxy/receive/strangers.ts";
import { createProxyServer, descriptorLimit } from "./server.ts";

test("agents' connections take a quarter of the file descriptors, so half are left with one to a server each (ADV-162)", async () => {
  const server = createProxyServer((_, response) => response.end(), new Strangers(100), 8);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sockets = Array.from({ length: 5 }, () => connect(port, "127.0.0.1"));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  for (const socket of sockets) socket.on("error", () => {}).resume();
  const open = () => sockets.filter(({ destroyed }) => !destroyed).length;
  await expect.poll(open).toBe(2);
});

test("the number of file descriptors is what the system allows", () => {
  const soft = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  expect(descriptorLimit()).toBe(soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft));
});
