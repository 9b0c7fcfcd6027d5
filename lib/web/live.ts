import "server-only";
import { setTimeout } from "node:timers/promises";
import type { Permission } from "#lib/auth/permissions.ts";
import { checkUserSession } from "#lib/auth/sessions.ts";
import { findOrgContext } from "#lib/orgs/orgs.ts";
import { errorResponse } from "./errors.ts";
import { orgContextOf, type WebContext } from "./session.ts";

const longestMilliseconds = 10 * 60 * 1000;
const pollMilliseconds = 1_000;
/** How often whoever listens is asked for again, and proxies in between see a sign of life. */
const checkMilliseconds = 15_000;

/**
 * Answers with `read` now and, to a browser that asks for events, each time its answer changes, for
 * ten minutes; the browser then comes again. Ends early when the session or the membership ends.
 *
 * @param read  also says when nothing more will come, with `isLast`
 */
export async function liveResponse<Data>(
  request: Request,
  orgSlug: string,
  permission: Permission,
  read: (context: WebContext) => Promise<Data>,
  isLast: (data: Data) => boolean = () => false,
): Promise<Response> {
  try {
    const context = await orgContextOf(orgSlug, permission);
    const first = await read(context);
    const wantsEvents = request.headers.get("accept")?.includes("text/event-stream") ?? false;
    if (!wantsEvents) {
      return Response.json(first, { headers: { "cache-control": "no-store" } });
    }
    const events = changes(context, first, read, isLast, request.signal);
    return new Response(streamOf(events), {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}

async function* changes<Data>(
  context: WebContext,
  first: Data,
  read: (context: WebContext) => Promise<Data>,
  isLast: (data: Data) => boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const end = Date.now() + longestMilliseconds;
  let checkedAt = Date.now();
  let data = first;
  let sent = JSON.stringify(data);
  yield `retry: 2000\ndata: ${sent}\n\n`;
  while (!signal.aborted && Date.now() < end) {
    if (isLast(data)) {
      yield "event: end\ndata: {}\n\n";
      return;
    }
    await setTimeout(pollMilliseconds, undefined, { signal });
    if (Date.now() - checkedAt > checkMilliseconds) {
      checkedAt = Date.now();
      if (!(await stillMayListen(context))) return;
      yield ": still here\n\n";
    }
    data = await read(context);
    const text = JSON.stringify(data);
    if (text === sent) continue;
    sent = text;
    yield `data: ${text}\n\n`;
  }
}

async function stillMayListen({ user, org, role }: WebContext): Promise<boolean> {
  if (!(await checkUserSession(user.sessionId))) return false;
  return (await findOrgContext(user, org.slug))?.role === role;
}

/** Ends quietly on any failure: the browser comes again and is told why then. */
function streamOf(events: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch {
        controller.close();
      }
    },
    async cancel() {
      await events.return(undefined);
    },
  });
}
