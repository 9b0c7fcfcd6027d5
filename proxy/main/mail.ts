import { createTransport, type SendMailOptions } from "nodemailer";
import type { ContactMessageRow } from "#lib/contact/contact.ts";

/** The operator's mail server, and whom its mail is from. */
export interface MailServer {
  url: string;
  from: string;
}

const connectMilliseconds = 5_000;

/** Sends one mail, at most once. @throws what the server or the network had against it */
export async function sendMail(
  server: MailServer,
  mail: SendMailOptions,
  attemptMilliseconds = 10_000,
): Promise<void> {
  // The address is the operator's, not a tenant's, so it is not guarded.
  const transport = createTransport({
    url: server.url,
    connectionTimeout: connectMilliseconds,
    greetingTimeout: connectMilliseconds,
    socketTimeout: attemptMilliseconds,
    dnsTimeout: connectMilliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ from: server.from, ...mail });
  } finally {
    transport.close();
  }
}

/** A message of the contact page as mail to the operator; the answer goes to who wrote it. */
export function contactMail(
  { name, email, message }: ContactMessageRow,
  to: string,
): SendMailOptions {
  return {
    to,
    replyTo: { name, address: email },
    subject: `Callgate: a message of ${name}`,
    text: `${message}\n\n${name} <${email}>\n`,
  };
}
