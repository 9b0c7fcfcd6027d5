import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findSignInLink, requestSignInLink } from "#lib/auth/sign-in-links.ts";
import { createUserAccount } from "#lib/auth/users.ts";
import { sendMessage } from "#lib/contact/contact.ts";
import { type Listener, startListener } from "./listener.ts";
import { startMailer } from "./mailer.ts";

const publicUrl = "https://callgate.example.test/";
let listener: Listener;

beforeAll(() => {
  listener = startListener(process.env.DATABASE_URL ?? "");
});

afterAll(async () => {
  await listener.stop();
});

/** A real mail server; `refuse` names the answer to a recipient, if it is not taken. */
async function startServer(refuse: (address: string) => number | null = () => null) {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo({ address }, _session, done) {
      const responseCode = refuse(address);
      done(responseCode === null ? null : Object.assign(new Error("no"), { responseCode }));
    },
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      stream.on("end", () => {
        received.push(text.replace(/=\r\n/g, "").replace(/=3D/g, "="));
        done();
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  const { port } = server.server.address() as AddressInfo; // listening on TCP makes it an object
  const smtp = { url: `smtp://127.0.0.1:${port}`, from: "Callgate <callgate@example.test>" };
  return {
    smtp,
    ask: (email: string) => requestSignInLink({ email, next: null }, "192.0.2.1", { smtp }),
    to: (email: string) => received.filter((text) => text.includes(`To: ${email}`)),
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}

function start(smtp: { url: string; from: string }) {
  return startMailer(listener, { smtp, publicUrl, contactTo: "hello@example.test" });
}

const tokenIn = (mail: string | undefined) => /token=([\w-]{43})/.exec(mail ?? "")?.[1] ?? "";
const until = { timeout: 15_000, interval: 30 };

test("a link is mailed to whoever has the address, and says what it does", async () => {
  const server = await startServer();
  const known = "known@example.test";
  await createUserAccount({ name: "Ada", email: known, password: "correct horse battery" });
  await server.ask(known);
  const mailer = start(server.smtp);
  await server.ask("unknown@example.test");
  await sendMessage({ name: "Robin", email: "robin@example.test", message: "A question." }, "x");
  await expect.poll(() => server.to(known).length, until).toBe(1);
  await expect.poll(() => server.to("unknown@example.test").length, until).toBe(1);
  await expect.poll(() => server.to("hello@example.test").length, until).toBe(1);
  await mailer.stop();
  const [[signIn = ""], [finish = ""]] = [server.to(known), server.to("unknown@example.test")];
  expect(signIn).toContain("Subject: Sign in to Callgate");
  expect(finish).toContain("Subject: Finish your Callgate account");
  for (const mail of [signIn, finish]) {
    expect(mail).toMatch(/content-type: text\/plain/i);
    expect(mail).toContain("https://callgate.example.test/signin/link?token=");
    expect(mail).toContain("If you did not ask for it, ignore this");
  }
  expect(await findSignInLink(tokenIn(signIn))).toEqual({ email: known, isNew: false });
  await server.close();
});

test("an address that the mail server never takes is tried once and keeps no other waiting", async () => {
  const tries: string[] = [];
  const server = await startServer((address) => {
    tries.push(address);
    return address.startsWith("gone") ? 550 : null;
  });
  await server.ask("gone@example.test");
  await server.ask("there@example.test");
  const mailer = start(server.smtp);
  await expect.poll(() => server.to("there@example.test").length, until).toBe(1);
  await server.ask("another@example.test");
  await expect.poll(() => server.to("another@example.test").length, until).toBe(1);
  await mailer.stop();
  expect(tries.filter((address) => address === "gone@example.test")).toHaveLength(1);
  await server.close();
});

test("what the mail server cannot take now is mailed once it can", async () => {
  let busy = true;
  const server = await startServer(() => (busy ? 451 : null));
  await server.ask("later@example.test");
  const first = start(server.smtp);
  await first.stop();
  expect(server.to("later@example.test")).toEqual([]);
  busy = false;
  const second = start(server.smtp);
  await expect.poll(() => server.to("later@example.test").length, until).toBe(1);
  await second.stop();
  await server.close();
});

test("what people write on the contact page is mailed to the operator, and answers go to them", async () => {
  const server = await startServer();
  await sendMessage(
    { name: "Robin Vale", email: "robin@example.test", message: "How do I gate my own server?" },
    "192.0.2.9",
  );
  const mailer = start(server.smtp);
  await expect.poll(() => server.to("hello@example.test").length, until).toBe(1);
  await mailer.stop();
  const [text = ""] = server.to("hello@example.test");
  expect(text).toContain("Reply-To: Robin Vale <robin@example.test>");
  expect(text).toContain("How do I gate my own server?");
  await server.close();
});
