import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { SMTPServer } from "smtp-server";
import { product } from "./product.ts";

export interface MailServer {
  /** Where each mail lies as a file, for the test workers. */
  folder: string;
  /** What the product is started with. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

/** A real mail server that keeps what it gets. */
export async function startMailServer(): Promise<MailServer> {
  const folder = mkdtempSync(join(tmpdir(), "callgate-mail-"));
  let count = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        count += 1;
        const place = String(count).padStart(6, "0");
        const to = session.envelope.rcptTo.map(({ address }) => address).join(",");
        // Under its name only once it is whole.
        writeFileSync(join(folder, ".arriving"), Buffer.concat(chunks));
        renameSync(join(folder, ".arriving"), join(folder, `${place} ${to}`));
        done();
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  const { port } = server.server.address() as AddressInfo; // listening on TCP makes it an object
  return {
    folder,
    environment: {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      SMTP_FROM: "Callgate <callgate@example.test>",
    },
    async stop() {
      await new Promise<void>((done) => server.close(() => done()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Mail {
  subject: string;
  text: string;
  /** The first link of it. */
  link: string;
}

/** The mails that somebody has got, oldest first, once there are that many. */
export async function mailsTo(email: string, count = 1): Promise<Mail[]> {
  const { mailDir } = product();
  const names = () => readdirSync(mailDir).filter((name) => name.endsWith(` ${email}`));
  await expect.poll(() => names().length, { message: `mails to ${email}` }).toBe(count);
  return names()
    .sort()
    .map((name) => parseMail(readFileSync(join(mailDir, name), "utf8")));
}

/** Plain text, as quoted-printable where its lines are long (RFC 2045, section 6.7). */
function parseMail(raw: string): Mail {
  const [, head = "", body = ""] = /^(.*?)\r\n\r\n(.*)$/s.exec(raw) ?? [];
  const text = /quoted-printable/i.test(head)
    ? body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => byte(hex))
    : body;
  const [, subject = ""] = /^Subject: (.*)$/m.exec(head) ?? [];
  const [link = ""] = /https?:\/\/\S+token=\S+/.exec(text) ?? [];
  return { subject: subject.trim(), text, link };
}

function byte(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
