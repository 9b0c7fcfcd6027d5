import { createTransport, type SendMailOptions } from "nodemailer";
import type { LinkToMail } from "#lib/auth/link-mail.ts";
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

/** A link to sign in, or to finish an account with, to whoever asked for it. */
export function linkMail(
  { email, token, isNew }: Pick<LinkToMail, "email" | "token" | "isNew">,
  publicUrl: string,
): SendMailOptions {
  const site = publicUrl.replace(/\/$/, "");
  const [subject, what] = isNew
    ? ["Finish your Callgate account", "Finish your account with this link:"]
    : ["Sign in to Callgate", "Sign in with this link:"];
  return {
    to: email,
    subject,
    headers: { "auto-submitted": "auto-generated" },
    text: `Somebody gave this address at ${site} to sign in or to sign up.

${what}
${site}/signin/link?token=${token}

It works once, within an hour, and only until another one is sent to this
address. If you did not ask for it, ignore this message: nothing happens
unless the link is used.
`,
  };
}
