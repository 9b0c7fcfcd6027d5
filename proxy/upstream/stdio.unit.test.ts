import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { CONTEXT, eventsOf, request, setUpPrograms } from "#proxy/testing/node-program.ts";
import { awaitAnswer } from "./await-answer.ts";

const { launch, program } = setUpPrograms();

/** A killed process whose parent has not looked yet is dead, though its number still exists. */
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};

describe("stdio upstream", () => {
  it("carries concurrent calls with equal ids and tokens without confusing them", async () => {
    const upstream = program(`
      const token = m.params._meta.progressToken;
      const word = m.params.word;
      setTimeout(() => {
        say({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: token, progress: 1, message: word } });
        answer(m.id, { word });
      }, word === "first" ? 60 : 1);
    `);
    const ask = (word: string) =>
      upstream.send(request("same", "x", { word, _meta: { progressToken: "t" } }), CONTEXT);
    const both = await Promise.all(
      [ask("first"), ask("second")].map(async (reply) => eventsOf(await reply)),
    );
    for (const [at, word] of ["first", "second"].entries()) {
      expect(both[at]).toMatchObject([
        { parsed: { message: { params: { progressToken: "t", message: word } } } },
        { parsed: { message: { id: "same", result: { word } } } },
      ]);
    }
  });

  it("speaks with a real server: list, progress, an error, cancellation", async () => {
    const everything = createRequire(import.meta.url).resolve(
      "@modelcontextprotocol/server-everything/dist/index.js",
    );
    const upstream = launch([everything, "stdio"]);
    const ask = async (message: JsonRpcRequest) =>
      awaitAnswer(await upstream.send(message, CONTEXT));
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "t", version: "1" },
    };
    expect(await ask(request(0, "initialize", params))).toMatchObject({
      kind: "answer",
      message: { id: 0 },
    });
    await upstream.send({ jsonrpc: "2.0", method: "notifications/initialized" }, CONTEXT);
    const list = await ask(request("list", "tools/list"));
    expect(JSON.stringify(list)).toContain('"echo"');
    const long = { name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } };
    const seen = await eventsOf(
      await upstream.send(
        request(5, "tools/call", { ...long, _meta: { progressToken: "p" } }),
        CONTEXT,
      ),
    );
    expect(
      seen.filter((event) => JSON.stringify(event).includes('"progressToken":"p"')),
    ).toHaveLength(2);
    expect(seen.at(-1)).toMatchObject({ kind: "message", parsed: { message: { id: 5 } } });
    expect(await ask(request(6, "no/such"))).toMatchObject({
      message: { id: 6, error: { code: -32601 } },
    });
  }, 20_000);

  it("cancels the right request, by notification and when the caller goes away", async () => {
    const upstream = program(`
      if (m.method === "notifications/cancelled") say({ jsonrpc: "2.0", method: "notifications/note", params: m.params });
    `);
    const notes = await upstream.openStream(CONTEXT);
    if (notes.kind !== "stream") throw new Error("no stream");
    await upstream.send(request("a", "slow"), CONTEXT);
    await upstream.send(request("b", "slow"), CONTEXT);
    const cancel = (requestId: string | number) =>
      upstream.send(
        { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } },
        CONTEXT,
      );
    // 2 is the number the program knows "b" by; the agent must not reach it that way.
    await cancel(2);
    await cancel("b");
    expect(await notes.events.next()).toMatchObject({
      value: { parsed: { message: { params: { requestId: 2 } } } },
    });
    const gone = new AbortController();
    const reply = await upstream.send(request("c", "slow"), { ...CONTEXT, signal: gone.signal });
    gone.abort();
    expect(await eventsOf(reply)).toMatchObject([
      { kind: "failed", failure: { code: "cancelled", bytesSent: true } },
    ]);
    expect(await notes.events.next()).toMatchObject({
      value: { parsed: { message: { params: { requestId: 3 } } } },
    });
  });

  it("passes the program's questions on and accepts only answers to them", async () => {
    const upstream = program(`
      if (m.method === "go") say({ jsonrpc: "2.0", id: "q1", method: "roots/list" });
      if (m.id === "q1") answer(1, { heard: m.result });
    `);
    const reply = await upstream.send(request("call", "go"), CONTEXT);
    if (reply.kind !== "stream") throw new Error("no stream");
    expect(await reply.events.next()).toMatchObject({
      value: { parsed: { kind: "request", message: { id: "q1" } } },
    });
    const respond = (id: string) =>
      upstream.send({ jsonrpc: "2.0", id, result: { roots: [] } }, CONTEXT);
    expect(await respond("q2")).toMatchObject({ kind: "error", failure: { code: "uncorrelated" } });
    expect(await respond("q1")).toMatchObject({ kind: "accepted" });
    expect(await respond("q1")).toMatchObject({ kind: "error", failure: { code: "uncorrelated" } });
    expect(await reply.events.next()).toMatchObject({
      value: { parsed: { message: { id: "call", result: { heard: { roots: [] } } } } },
    });
  });

  it("keeps unsolicited messages for the stream that opens next", async () => {
    const upstream = program(
      `say({ jsonrpc: "2.0", method: "notifications/tools/list_changed" }); answer(m.id, {});`,
    );
    const first = await eventsOf(await upstream.send(request(1, "x"), CONTEXT));
    expect(first).toHaveLength(2);
    const idle = program(`say({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });`);
    await idle.send({ jsonrpc: "2.0", method: "notifications/initialized" }, CONTEXT);
    const stream = await idle.openStream(CONTEXT);
    expect(stream.kind === "stream" && (await stream.events.next())).toMatchObject({ done: false });
  });

  it("keeps integers that JavaScript cannot hold", async () => {
    const upstream = program(
      'say(JSON.stringify({ jsonrpc: "2.0", id: m.id, result: 0 }).replace(":0}", `:{"snowflake":12345678901234567891}}`));',
    );
    const [event] = await eventsOf(await upstream.send(request("a", "x"), CONTEXT));
    expect(event).toMatchObject({
      data: '{"jsonrpc":"2.0","id":"a","result":{"snowflake":12345678901234567891}}',
    });
  });

  it("ignores banners on standard output and keeps the end of standard error", async () => {
    const upstream = program(
      'say("Listening..."); say(""); process.stderr.write("x".repeat(9000) + "end"); answer(m.id, {});',
    );
    expect(await awaitAnswer(await upstream.send(request(1, "x"), CONTEXT))).toMatchObject({
      kind: "answer",
    });
    await expect.poll(() => upstream.diagnostics().slice(-3)).toBe("end");
    expect(upstream.diagnostics()).toHaveLength(4096);
  });

  it("fails every waiting call when a message is broken", async () => {
    const upstream = program(
      'say(JSON.stringify({ jsonrpc: "2.0", id: m.id, result: {} }).replace("{", `{"id":1,`));',
    );
    expect(await awaitAnswer(await upstream.send(request(1, "x"), CONTEXT))).toMatchObject({
      failure: { code: "protocol" },
    });
  });

  it("ends a program that writes an endless line", async () => {
    const upstream = program('process.stdout.write("x".repeat(5000));', { maxLineBytes: 1_000 });
    expect(await awaitAnswer(await upstream.send(request(1, "x"), CONTEXT))).toMatchObject({
      failure: { code: "too_large" },
    });
  });

  it("tells all waiting calls that the program ended, and later ones that the session is gone", async () => {
    const upstream = program('if (m.method === "die") process.exit(3);');
    const waiting = [
      await upstream.send(request(1, "wait"), CONTEXT),
      await upstream.send(request(2, "die"), CONTEXT),
    ];
    for (const reply of waiting) {
      const failure = {
        code: "closed",
        bytesSent: true,
        message: "The program ended (exit code 3).",
      };
      expect(await awaitAnswer(reply)).toEqual({ kind: "error", failure });
    }
    expect(await upstream.send(request(3, "x"), CONTEXT)).toMatchObject({
      failure: { code: "session_gone", bytesSent: false },
    });
  });

  it("says which program is missing", async () => {
    const upstream = launch([], {}, "callgate-no-such-program");
    expect(await upstream.started()).toMatchObject({ code: "start_failed", bytesSent: false });
    expect(await upstream.send(request(1, "initialize"), CONTEXT)).toMatchObject({
      failure: {
        code: "start_failed",
        message: "The program callgate-no-such-program was not found.",
      },
    });
  });

  it("ends calls at their deadline, and the program when it never initialises", async () => {
    const upstream = program("", { startMilliseconds: 300 });
    const call = await upstream.send(request(1, "x"), { ...CONTEXT, totalMilliseconds: 50 });
    expect(await awaitAnswer(call)).toMatchObject({
      failure: { code: "timeout", bytesSent: true },
    });
    expect(await awaitAnswer(await upstream.send(request(2, "initialize"), CONTEXT))).toMatchObject(
      { kind: "error" },
    );
    expect(await upstream.send(request(3, "x"), CONTEXT)).toMatchObject({
      failure: { code: "session_gone" },
    });
  });

  it("ends a program that nobody uses, but never under a running call", async () => {
    const upstream = program("setTimeout(() => answer(m.id, {}), 250);", { idleMilliseconds: 80 });
    expect(await awaitAnswer(await upstream.send(request(1, "x"), CONTEXT))).toMatchObject({
      kind: "answer",
    });
    await upstream.ended;
    expect((await upstream.openStream(CONTEXT)).kind).toBe("error");
  });

  it("lets a slow reader pause the program, and loses nothing", async () => {
    const upstream = program(`
      const fill = "x".repeat(64 * 1024);
      let written = 0;
      const next = () => {
        if (written < 400) process.stdout.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { n: written++, fill } }) + "\\n", next);
      };
      next();
      setInterval(() => process.stderr.write(" " + written), 50);
    `);
    const written = () => Number(upstream.diagnostics().split(" ").at(-1));
    const listening = await upstream.openStream(CONTEXT);
    if (listening.kind !== "stream") throw new Error("no stream");
    await upstream.send({ jsonrpc: "2.0", method: "notifications/initialized" }, CONTEXT);
    let seen = -1;
    const isStuck = () => {
      const stuck = written() === seen;
      seen = written();
      return stuck && seen > 0;
    };
    await expect.poll(isStuck, { interval: 200, timeout: 5_000 }).toBe(true);
    expect(seen).toBeLessThan(200);
    for (let n = 0; n < 400; n += 1) {
      expect((await listening.events.next()).value).toMatchObject({
        parsed: { message: { params: { n } } },
      });
    }
  });

  it("refuses messages to a program that does not read, instead of keeping them", async () => {
    const upstream = launch(["-e", "setInterval(() => {}, 1000)"], { maxUnreadBytes: 100_000 });
    const params = { fill: "x".repeat(64 * 1024) };
    const replies: Awaited<ReturnType<typeof upstream.send>>[] = [];
    for (let n = 0; n < 10; n += 1) {
      const note = { jsonrpc: "2.0", method: "notifications/message", params } as const;
      replies.push(await upstream.send(note, CONTEXT));
    }
    expect(replies[0]).toMatchObject({ kind: "accepted" });
    expect(replies.at(-1)).toMatchObject({
      failure: { bytesSent: false, message: "The program no longer reads." },
    });
  });

  it("ends a call after silence, and after its deadline however much progress there is", async () => {
    const upstream = program(
      `
      const params = { progressToken: m.params?._meta?.progressToken, progress: 1 };
      if (m.method === "hello") answer(m.id, {});
      if (m.method === "busy") setInterval(() => say({ jsonrpc: "2.0", method: "notifications/progress", params }), 20);
    `,
      { silentMilliseconds: 500, totalMilliseconds: 2_000 },
    );
    // How long a program takes to start is not the question here.
    const started = { ...CONTEXT, totalMilliseconds: 10_000 };
    await awaitAnswer(await upstream.send(request(0, "hello"), started));
    const silent = await upstream.send(request(1, "silent"), CONTEXT);
    const busy = await upstream.send(request(2, "busy", { _meta: { progressToken: 2 } }), CONTEXT);
    let isBusy = true;
    const events = eventsOf(busy).finally(() => {
      isBusy = false;
    });
    expect(await eventsOf(silent)).toMatchObject([{ failure: { code: "timeout" } }]);
    expect(isBusy).toBe(true);
    expect((await events).at(-1)).toMatchObject({ failure: { code: "timeout" } });
  });

  it("ends a cancelled call although the program owes it no answer", async () => {
    const upstream = program("");
    const reply = await upstream.send(request("a", "slow"), CONTEXT);
    const params = { requestId: "a" };
    await upstream.send({ jsonrpc: "2.0", method: "notifications/cancelled", params }, CONTEXT);
    expect(await eventsOf(reply)).toMatchObject([{ failure: { code: "cancelled" } }]);
  });

  it.each([
    [
      "closing its input",
      'process.stdin.on("end", () => { say("closed"); process.exit(); })',
      "closed",
    ],
    [
      "SIGTERM when it stays",
      'process.on("SIGTERM", () => { say("SIGTERM"); process.exit(); }); setInterval(() => {}, 1000)',
      "SIGTERM",
    ],
  ])("ends a program by %s", async (_, behaviour, expected) => {
    const upstream = launch([
      "-e",
      `const say = (text) => require("fs").writeSync(2, text); process.stdin.resume(); ${behaviour}; process.stderr.write("ready ");`,
    ]);
    await expect.poll(() => upstream.diagnostics()).toBe("ready ");
    await upstream.close();
    expect(upstream.diagnostics()).toBe(`ready ${expected}`);
  });

  it("leaves no process behind, not even children that ignore every polite signal", async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);';
    const upstream = launch([
      "-e",
      `const child = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" });
       ${stubborn} process.stdout.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/pids", params: { pids: [process.pid, child.pid] } }) + "\\n");`,
    ]);
    const stream = await upstream.openStream(CONTEXT);
    if (stream.kind !== "stream") throw new Error("no stream");
    const { value } = await stream.events.next();
    const pids: number[] = JSON.parse(value.data).params.pids;
    expect(pids.every(isAlive)).toBe(true);
    await upstream.close();
    await expect.poll(() => pids.some(isAlive)).toBe(false);
  });

  it("gives the program exactly the environment it was launched with", async () => {
    process.env.CALLGATE_TEST_CANARY = "canary";
    const upstream = program("answer(m.id, { env: process.env });");
    const answer = await awaitAnswer(await upstream.send(request(1, "x"), CONTEXT));
    delete process.env.CALLGATE_TEST_CANARY;
    expect(answer).toMatchObject({ message: { result: { env: { PATH: process.env.PATH } } } });
    expect(JSON.stringify(answer)).not.toContain("canary");
  });
});
