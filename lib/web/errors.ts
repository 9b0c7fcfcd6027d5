import "server-only";
import { forbidden, notFound, unstable_rethrow } from "next/navigation";
import { type ActionError, AppError, type ErrorCode } from "#lib/errors.ts";
import { log } from "#lib/log.ts";

/** The one table of HTTP statuses for pages and route handlers. */
const httpStatuses: Record<ErrorCode, number> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  stale: 409,
  unavailable: 503,
};

/**
 * What a verb answers to a page. What does not exist, or not for this org, is the 404 page, what
 * the role may not see the 403 page; any other failure that people can act on reaches the error
 * page with its words.
 */
export async function forPage<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "not_found") notFound();
    if (error.code === "forbidden") forbidden();
    throw pageError(error);
  }
}

/** Next sends a thrown error's digest to the browser and nothing else of it: the words go there. */
function pageError(error: AppError): AppError {
  return Object.assign(error, { digest: `${error.code};${error.message}` });
}

/**
 * A failure as a browser may see it. Redirects and the like go on; a bug is written to standard
 * error and told without its text.
 */
export function actionErrorOf(error: unknown): ActionError {
  unstable_rethrow(error);
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, fields: error.fields };
  }
  reportUnexpected(error);
  return {
    code: "unavailable",
    message: "Callgate could not finish this. Reload to see the present state, then try again.",
    fields: {},
  };
}

/** A failure as a route handler answers it. */
export function errorResponse(error: unknown): Response {
  const { code, message, fields } = actionErrorOf(error);
  return Response.json(
    { error: { code, message, fields } },
    { status: httpStatuses[code], headers: { "cache-control": "no-store" } },
  );
}

/** The stack may quote what somebody typed, so only the error's kind and place are written. */
function reportUnexpected(error: unknown): void {
  const [, place = ""] = error instanceof Error ? (error.stack ?? "").split(/\n\s+at /) : [];
  log("error", "A page's action or route failed", {
    error: error instanceof Error ? error.name : typeof error,
    place,
  });
}
