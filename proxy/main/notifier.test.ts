import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { decideApproval } from "#lib/approvals/approvals.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { createChannel, testChannel, updateChannel } from "#lib/notifications/channels.ts";
import { type DeliveryRow, listDeliveries } from "#lib/notifications/deliveries.ts";
import { wakeNotifier } from "#lib/notifications/outbox.ts";
import { retryAfterSeconds } from "#lib/notifications/worker.ts";
import { makeAgent, makeApproval, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { callBody, gateServer, openSession, startProxy } from "#proxy/testing/harness.ts";
import { startUpstream } from "#proxy/testing/upstream.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { type Listener, startListener } from "./listener.ts";
import { type Notifier, startNotifier } from "./notifier.ts";
import type { SendOptions } from "./send-notice.ts";

const openingKey = { id: "notifier-test", privateKey: generateKeyPairSync("x25519").privateKey };
const keys = generateKeyPairSync("x25519");
const events = ["approval.requested", "approval.decided"];

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

let listener: Listener;
let mail: { server: SMTPServer; url: string; received: string[] };
const receivers: { close(): void }[] = [];
const notifiers: Notifier[] = [];

beforeAll(async () => {
  listener = startListener(process.env.DATABASE_URL ?? "");
  mail = await startMail();
  await database().sealingKey.updateMany({ data: { retiredAt: new Date() } });
  const spki = keys.publicKey.export({ format: "der", type: "spki" });
  await database().sealingKey.create({
    data: { id: openingKey.id, publicKey: new Uint8Array(spki) },
  });
  openingKey.privateKey = keys.privateKey;
});

// A test that fails leaves none behind that would deliver what the next one sends.
afterEach(async () => {
  for (const notifier of notifiers.splice(0)) await notifier.stop();
});

afterAll(async () => {
  for (const receiver of receivers) receiver.close();
  await new Promise<void>((done) => mail.server.close(done));
  await listener.stop();
});

/** A receiver on loopback; `respond` 0 never answers. */
async function startReceiver(respond: (round: number) => number) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      const status = respond(received.length);
      if (status !== 0) response.writeHead(status, { location: "http://127.0.0.1:9/" }).end("ok");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  receivers.push({ close });
  const { port } = server.address() as AddressInfo; // listening on TCP makes it an object
  return { url: `http://127.0.0.1:${port}/hook`, received, close };
}

async function startMail() {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      stream.on("end", () => {
        received.push(text);
        done();
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  const { port } = server.server.address() as AddressInfo; // as above
  return { server, url: `smtp://127.0.0.1:${port}`, received };
}

function start(more: Partial<SendOptions> = {}): Notifier {
  const notifier = startNotifier(listener, {
    openingKey,
    allowed: parseAllowedNetworks(["127.0.0.0/8"]),
    publicUrl: "https://callgate.example.test",
    smtp: { url: mail.url, from: "Callgate <callgate@example.test>" },
    attemptMilliseconds: 2_000,
    ...more,
  });
  notifiers.push(notifier);
  return notifier;
}

async function makeScene() {
  const owner = await makeOrg({ name: "Acme <Corp>" });
  const server = await makeServer(owner, {
    tools: [{ name: "pay", category: "financial", riskClass: "critical" }],
  });
  const agent = await makeAgent(owner, { servers: [server] });
  const ask = () =>
    makeApproval(owner, {
      agentId: agent.id,
      serverId: server.id,
      tool: "pay",
      arguments: { card: "canary-4711" },
      options: { message: "Check the amount." },
    });
  const webhook = (url: string, name = "Hook") =>
    createChannel(owner, { kind: "webhook", name, events, url });
  return { owner, server, agent, ask, webhook };
}

/** Waits for the log to say so; bounded, because everything here takes at most a few seconds. */
async function until(
  context: OrgContext,
  holds: (log: DeliveryRow[]) => boolean,
): Promise<DeliveryRow[]> {
  let log: DeliveryRow[] = [];
  const read = async () => {
    log = await listDeliveries(context);
    return { holds: holds(log), log };
  };
  await expect.poll(read, { timeout: 15_000, interval: 30 }).toMatchObject({ holds: true });
  return log;
}

const allDone = (count: number) => (log: DeliveryRow[]) =>
  log.length === count && log.every(({ state }) => state === "delivered" || state === "failed");

async function retryNow(context: OrgContext): Promise<void> {
  await database().notificationDelivery.updateMany({
    where: { orgId: context.org.id, state: "queued" },
    data: { nextAt: new Date(0) },
  });
  await wakeNotifier(database());
}

test("a webhook hears of a request and of its decision, signed so that the receiver can check it", async () => {
  const { owner, ask, webhook, agent } = await makeScene();
  const receiver = await startReceiver(() => 200);
  const { secret } = await webhook(receiver.url);
  const notifier = start();
  const { id } = await ask();
  await until(owner, allDone(1));
  await decideApproval(owner, { id, decision: "deny", note: "No." });
  await until(owner, allDone(2));
  await notifier.stop();

  expect(receiver.received).toHaveLength(2);
  for (const { headers, body } of receiver.received) {
    const key = Buffer.from((secret ?? "").slice("whsec_".length), "base64");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const expected = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
    expect(Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]))).toBeLessThan(60);
    expect(body).not.toContain("canary-4711");
  }
  const [requested, decided] = receiver.received.map(({ body }) => JSON.parse(body));
  expect(requested).toMatchObject({
    type: "approval.requested",
    org: { slug: owner.org.slug },
    title: expect.stringContaining(`${agent.name} asks to run pay on`),
    link: `https://callgate.example.test/orgs/${owner.org.slug}/approvals/${id}`,
    data: { approvalId: id, tool: "pay", riskClass: "critical" },
  });
  expect(requested.text).toContain("For the approver: Check the amount.");
  expect(decided).toMatchObject({ type: "approval.decided", data: { state: "denied" } });
});

test("Slack gets what others wrote as plain text, and a link", async () => {
  const { owner } = await makeScene();
  const receiver = await startReceiver(() => 200);
  const { channel } = await createChannel(owner, {
    kind: "slack",
    name: "<!channel> & co",
    events,
    url: receiver.url,
  });
  const notifier = start();
  await testChannel(owner, { id: channel.id });
  await until(owner, allDone(1));
  await notifier.stop();
  const message = JSON.parse(receiver.received[0]?.body ?? "{}");
  expect(message.text).toBe("Test message for &lt;!channel&gt; &amp; co");
  expect(message.blocks[0].text).toMatchObject({ type: "plain_text" });
  expect(message.blocks[1].text.text).toBe(
    `<https://callgate.example.test/orgs/${owner.org.slug}/settings/notifications|Open in Callgate> · Acme &lt;Corp&gt;`,
  );
});

test("e-mail arrives as plain text with the link, through a real mail server", async () => {
  const { owner, ask, agent } = await makeScene();
  await createChannel(owner, {
    kind: "email",
    name: "Mail",
    events,
    recipients: ["ops@example.test", "on-call@example.test"],
  });
  const notifier = start();
  const { id } = await ask();
  await until(owner, allDone(1));
  await notifier.stop();
  const text = mail.received.at(-1)?.replace(/=\r\n/g, "") ?? "";
  expect(text).toContain("From: Callgate <callgate@example.test>");
  expect(text).toContain("To: ops@example.test, on-call@example.test");
  expect(text).toContain(`${agent.name} asks to run pay on`);
  expect(text).toContain(`/approvals/${id}`);
  expect(text).toMatch(/content-type: text\/plain/i);
  expect(text).not.toContain("canary-4711");
});

test("without a mail server the log says what the operator has to set", async () => {
  const { owner } = await makeScene();
  const recipients = ["ops@example.test"];
  const { channel } = await createChannel(owner, {
    kind: "email",
    name: "Mail",
    events,
    recipients,
  });
  const notifier = start({ smtp: null });
  await testChannel(owner, { id: channel.id });
  const [entry] = await until(owner, allDone(1));
  await notifier.stop();
  expect(entry).toMatchObject({ state: "failed", error: expect.stringContaining("SMTP_URL") });
});

test("a receiver that fails is tried again, later each time, five times in about an hour", async () => {
  const { owner, ask, webhook } = await makeScene();
  const receiver = await startReceiver((round) => (round < 3 ? 503 : 200));
  await webhook(receiver.url);
  const notifier = start();
  await ask();
  const tried = (attempts: number) => (log: DeliveryRow[]) =>
    log[0]?.attempts === attempts && log[0].state !== "sending";
  const [first] = await until(owner, tried(1));
  expect(first).toMatchObject({ state: "queued", httpStatus: 503 });
  expect(first?.error).toContain("HTTP 503");
  const wait = ((first?.nextAt?.getTime() ?? 0) - Date.now()) / 1000;
  expect(wait).toBeGreaterThan(20);
  expect(wait).toBeLessThanOrEqual(31);
  await retryNow(owner);
  await until(owner, tried(2));
  await retryNow(owner);
  expect(await until(owner, allDone(1))).toMatchObject([
    { state: "delivered", attempts: 3, httpStatus: 200, error: null },
  ]);
  await notifier.stop();
  // The same id each time, so that a receiver can tell a repetition.
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  const total = retryAfterSeconds.reduce((sum, seconds) => sum + seconds, 0);
  expect(retryAfterSeconds).toHaveLength(4);
  expect(total / 60).toBeGreaterThan(50);
  expect(total / 60).toBeLessThan(70);
});

test("after the fifth failure the delivery is given up, and the log says why", async () => {
  const { owner, ask, webhook } = await makeScene();
  const receiver = await startReceiver(() => 302);
  await webhook(receiver.url);
  const notifier = start();
  await ask();
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await until(owner, ([entry]) => entry?.attempts === attempt && entry.state === "queued");
    await retryNow(owner);
  }
  const [entry] = await until(owner, allDone(1));
  await notifier.stop();
  expect(entry).toMatchObject({ state: "failed", attempts: 5 });
  expect(entry?.error).toContain("redirect");
});

test("a webhook that hangs holds up no other channel, and no decision", async () => {
  const { owner, ask, webhook } = await makeScene();
  const dead = await startReceiver(() => 0);
  const alive = await startReceiver(() => 200);
  await webhook(dead.url, "Dead");
  await webhook(alive.url, "Alive");
  const notifier = start();
  const requests = [await ask(), await ask(), await ask()];
  for (const { id } of requests) await decideApproval(owner, { id, decision: "approve" });
  const log = await until(
    owner,
    (entries) =>
      entries.filter(({ channel, state }) => channel === "Alive" && state === "delivered")
        .length === 6,
  );
  // One at a time: the dead channel has not even been asked a second thing meanwhile.
  const sending = log.filter(({ channel, state }) => channel === "Dead" && state === "sending");
  expect(sending.length).toBeLessThanOrEqual(1);
  await notifier.stop();
});

test("a webhook that hangs delays no call and no new request for approval", async () => {
  const dead = await startReceiver(() => 0);
  const upstream = await startUpstream();
  const proxy = await startProxy();
  const gated = await gateServer(proxy, upstream, {
    version: 1,
    default: "deny",
    tools: { get: { action: "allow" }, pay: { action: "require_approval" } },
  });
  const { context, url, agent } = gated;
  await createChannel(context, { kind: "webhook", name: "Dead", events, url: dead.url });
  const notifier = start({ attemptMilliseconds: 4_000 });
  const send = await openSession(url, agent.token);
  expect((await send(callBody("pay", { key: "first" }))).text).toContain("Approval required");
  await until(context, ([entry]) => entry?.state === "sending");
  expect((await send(callBody("pay", { key: "second" }))).text).toContain("Approval required");
  expect((await send(callBody("get", { key: "third" }))).text).toContain("get:third");
  // Nobody waited for the receiver: it still has the first message.
  expect(await listDeliveries(context)).toContainEqual(
    expect.objectContaining({ state: "sending", attempts: 1 }),
  );
  expect(dead.received).toHaveLength(1);
  dead.close();
  await notifier.stop();
  await proxy.close();
  await upstream.close();
});

test("addresses inside the network are not reached, whatever somebody enters", async () => {
  const { owner, webhook } = await makeScene();
  const receiver = await startReceiver(() => 200);
  const { channel } = await webhook(receiver.url);
  const metadata = await webhook("http://169.254.169.254/latest/meta-data", "Metadata");
  const notifier = start({ allowed: [] });
  await testChannel(owner, { id: channel.id });
  await testChannel(owner, { id: metadata.channel.id });
  const log = await until(owner, allDone(2));
  await notifier.stop();
  for (const { state, error } of log) {
    expect(state).toBe("failed");
    expect(error).toContain("never connected to");
  }
  expect(receiver.received).toEqual([]);
});

test("several proxies tell each thing once, and a channel switched off meanwhile nothing", async () => {
  const { owner, ask, webhook } = await makeScene();
  const receiver = await startReceiver(() => 200);
  const { channel } = await webhook(receiver.url);
  for (let proxy = 0; proxy < 4; proxy++) start();
  const requests = [await ask(), await ask(), await ask()];
  await until(owner, allDone(3));
  expect(receiver.received).toHaveLength(3);
  expect(new Set(receiver.received.map(({ body }) => JSON.parse(body).data.approvalId))).toEqual(
    new Set(requests.map(({ id }) => id)),
  );
  await database().notificationDelivery.create({
    data: {
      orgId: owner.org.id,
      id: crypto.randomUUID(),
      channelId: channel.id,
      event: "approval.requested",
      dedupe: "later",
      title: "Later",
      text: "Later.",
      link: "/orgs",
      nextAt: new Date(Date.now() + 60 * 60_000),
    },
  });
  await updateChannel(owner, { id: channel.id, enabled: false });
  await retryNow(owner);
  const log = await until(owner, allDone(4));
  expect(log.find(({ title }) => title === "Later")?.error).toContain("switched off");
  expect(receiver.received).toHaveLength(3);
  for (const notifier of notifiers) await notifier.stop();
});
