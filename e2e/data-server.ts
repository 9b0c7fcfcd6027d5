import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "#scripts/free-port.ts";

export interface DataServer {
  port: number;
  /** Runs one command over a connection of its own and returns the raw reply (RESP). */
  command(...words: string[]): Promise<string>;
  /** Begins to note every command that arrives, as the server itself reports them. */
  monitor(): Promise<Monitor>;
  stop(): Promise<void>;
}

export interface Monitor {
  /** All commands so far, complete up to the moment of asking. */
  seen(): Promise<string[]>;
}

/** The real valkey-server or redis-server of this machine; null when there is none. */
export function findDataServer(): string | null {
  const named = process.env.CALLGATE_DATA_SERVER;
  if (named) return named;
  for (const name of ["valkey-server", "redis-server"]) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return null;
}

/** Starts it on a free loopback port; nothing is written to disk. */
export async function startDataServer(program: string): Promise<DataServer> {
  const folder = mkdtempSync(join(tmpdir(), "callgate-data-server-"));
  const port = await freePort();
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ];
  const child = spawn(program, [...settings, "--daemonize", "no", "--dir", folder], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const sockets: Socket[] = [];
  const open = async () => {
    const socket = await openSocket(port);
    sockets.push(socket);
    return socket;
  };
  await untilReady(port, child);

  async function command(...words: string[]): Promise<string> {
    const socket = await open();
    socket.write(encode(words));
    const reply = await new Promise<string>((done) => {
      socket.once("data", (chunk) => done(chunk.toString("utf8")));
    });
    socket.destroy();
    return reply;
  }

  return {
    port,
    command,
    async monitor() {
      const socket = await open();
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString("utf8");
      });
      socket.write(encode(["MONITOR"]));
      return {
        async seen() {
          // Commands are reported in order: once ours is there, everything before it is.
          const marker = `seen-${randomUUID()}`;
          await command("ECHO", marker);
          await until(() => text.includes(marker), "the monitor did not report a command");
          return text.split("\r\n").filter((line) => line !== "" && !line.includes('"seen-'));
        },
      };
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(port: number, child: ChildProcess): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the data server ended with ${child.exitCode}`);
    return openSocket(port).then(
      (socket) => {
        socket.destroy();
        return true;
      },
      () => false,
    );
  }, "the data server does not listen");
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail).on("error", () => {});
      done(socket);
    });
  });
}

async function until(isSo: () => boolean | Promise<boolean>, problem: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${problem} within 10 seconds`);
    await wait(25);
  }
}

/** A command as the protocol wants it: an array of bulk strings (RESP2). */
function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
