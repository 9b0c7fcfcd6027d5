import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

export interface Target {
  name: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** Text every answer must contain: a row that measures refusals by mistake is no row. */
  expect: string;
  /** The process whose CPU time counts, if one stands between client and server. */
  pid: number | null;
  /** Makes so many calls ready, outside the measured time; their bodies, where no two are alike. */
  prepare?(calls: number): Promise<string[]>;
}

export interface Sample {
  latenciesMs: number[];
  seconds: number;
  cpuMsPerCall: number | null;
}

/** Sends `calls` requests with `concurrency` of them under way at any time. */
export async function measure(target: Target, calls: number, concurrency: number): Promise<Sample> {
  // First: a connection on which nothing is sent for some seconds is closed.
  const bodies = await target.prepare?.(calls);
  const requests = bodies?.map((body, at) => requestBytes({ ...target, body }, at + 1));
  const lines = await Promise.all(
    Array.from({ length: concurrency }, (_, at) => openLine(target, at + 1)),
  );
  const latenciesMs: number[] = [];
  let left = calls;
  const cpuBefore = target.pid === null ? 0 : cpuMs(target.pid);
  const started = performance.now();
  await Promise.all(
    lines.map(async (line) => {
      while (left > 0) {
        left -= 1;
        latenciesMs.push(await line.call(requests?.[left]));
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const cpuMsPerCall = target.pid === null ? null : (cpuMs(target.pid) - cpuBefore) / calls;
  for (const line of lines) line.close();
  return { latenciesMs, seconds, cpuMsPerCall };
}

interface Line {
  /** One request, the target's own unless another is given; milliseconds until its answer was complete. */
  call(other?: Buffer): Promise<number>;
  close(): void;
}

/**
 * A connection that sends the same bytes again and again. It shares the machine with what it
 * measures, so it does nothing that it need not do: no URL, no header object, no decoding.
 */
async function openLine(target: Target, id: number): Promise<Line> {
  const request = requestBytes(target, id);
  const expected = Buffer.from(target.expect);
  const socket = connect({ host: target.url.hostname, port: Number(target.url.port) });
  socket.setNoDelay(true);
  await opened(socket);
  let done: (milliseconds: number) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let sentAt = 0;
  let size = 0;
  let chunks: Buffer[] = [];
  let ended: ((chunk: Buffer, size: number) => boolean) | null = null;
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    ended ??= endOf(Buffer.concat(chunks));
    if (!ended?.(chunk, size)) return;
    const answer = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    const isRight = answer.toString("latin1", 9, 12) === "200" && answer.includes(expected);
    chunks = [];
    size = 0;
    ended = null;
    if (isRight) done(performance.now() - sentAt);
    else fail(new Error(`${target.name} answered: ${answer.toString("utf8", 0, 600)}`));
  });
  socket.on("error", (error) => fail(error));
  socket.on("close", () => fail(new Error(`${target.name} closed the connection`)));
  return {
    call: (other) =>
      new Promise((resolve, reject) => {
        done = resolve;
        fail = reject;
        sentAt = performance.now();
        socket.write(other ?? request);
      }),
    close: () => socket.destroy(),
  };
}

const chunkedEnd = Buffer.from("0\r\n\r\n");

/** Tells where an answer ends once its head is complete; null before that. */
function endOf(start: Buffer): ((chunk: Buffer, size: number) => boolean) | null {
  const head = start.indexOf("\r\n\r\n");
  if (head === -1) return null;
  const length = /\ncontent-length: *([0-9]+)/i.exec(start.toString("latin1", 0, head + 2))?.[1];
  if (length === undefined) return (chunk) => chunk.subarray(-5).equals(chunkedEnd);
  const whole = head + 4 + Number(length);
  return (_, size) => size >= whole;
}

function requestBytes({ url, headers, body: first }: Target, id: number): Buffer {
  // A session must not have two requests of one id under way.
  const body = first.replace('"id":1', `"id":${id}`);
  const head = Object.entries({
    host: url.host,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${url.pathname} HTTP/1.1\r\n${head.join("")}\r\n${body}`);
}

function opened(socket: Socket): Promise<void> {
  return new Promise((done, fail) => {
    socket.once("connect", done);
    socket.once("error", fail);
  });
}

/** User and system time of a process in milliseconds (proc(5), fields 14 and 15; 100 ticks/s). */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process in MiB (proc(5), VmRSS). */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+([0-9]+)/.exec(status)?.[1]) / 1024;
}

/** The value below which `share` of the sorted numbers lie. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
