import type { SendMailOptions } from "nodemailer";
import {
  claimLinkToMail,
  finishLinkToMail,
  type LinkToMail,
  type MailOutcome,
} from "#lib/auth/link-mail.ts";
import {
  type ContactMessageRow,
  claimMessageToMail,
  finishMessageToMail,
} from "#lib/contact/contact.ts";
import { log } from "#lib/log.ts";
import type { Listener } from "./listener.ts";
import { contactMail, linkMail, type MailServer, sendMail } from "./mail.ts";

const pollMilliseconds = 2_000;
/** Before the mail server is tried again after a failure. */
const pauseMilliseconds = 10_000;

export interface MailerOptions {
  smtp: MailServer;
  /** Where links lead. */
  publicUrl: string;
  /** Who gets the messages of the contact page. */
  contactTo: string;
}

export interface Mailer {
  /** Starts no further mail and waits for the one under way. */
  stop(): Promise<void>;
}

/** Mails what has no tenant: links to sign in with, then messages of the contact page. */
export function startMailer(
  listener: Pick<Listener, "noticeWaiting">,
  { smtp, publicUrl, contactTo }: MailerOptions,
): Mailer {
  let stopped = false;
  let wake = () => {};

  /**
   * Mails all that waits.
   * @returns false when something is left for later
   */
  const mailAll = async <T>(
    what: string,
    mailOf: (item: T) => SendMailOptions,
    claim: (after: T | null) => Promise<T | null>,
    finish: (item: T, outcome: MailOutcome) => Promise<void>,
  ): Promise<boolean> => {
    let done = true;
    let item: T | null = null;
    while (!stopped) {
      item = await claim(item);
      if (!item) break;
      let outcome: MailOutcome = "mailed";
      try {
        await sendMail(smtp, mailOf(item));
      } catch (error) {
        report(`${what} could not be mailed`, error);
        outcome = isRefusedForGood(error) ? "refused" : "later";
      }
      await finish(item, outcome);
      if (outcome === "later") done = false;
    }
    return done;
  };

  const look = async (): Promise<boolean> => {
    try {
      const link = (item: LinkToMail) => linkMail(item, publicUrl);
      const message = (item: ContactMessageRow) => contactMail(item, contactTo);
      const links = await mailAll("a sign-in link", link, claimLinkToMail, finishLinkToMail);
      const messages = await mailAll(
        "a message of the contact page",
        message,
        claimMessageToMail,
        finishMessageToMail,
      );
      return links && messages;
    } catch (error) {
      report("mail could not be looked for", error);
      return false;
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      const wait = (await look()) ? pollMilliseconds : pauseMilliseconds;
      if (stopped) break;
      await new Promise<void>((done) => {
        wake = done;
        void listener.noticeWaiting(wait).then(done);
      });
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

/** The server has read the mail, or whom it is for, and will never take it (RFC 5321, 4.2.1: 5yz). */
function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || !("responseCode" in error)) return false;
  const { code, responseCode } = error;
  return (code === "EENVELOPE" || code === "EMESSAGE") && Number(responseCode) >= 500;
}

/** By its code alone: the words of a mail server repeat the address. */
function report(what: string, error: unknown): void {
  const reason = error instanceof Error && "code" in error ? error.code : "unknown";
  log("warn", what, { reason });
}
