import type { ActionResult } from "#lib/errors.ts";

/** A server action that already knows its org. */
export type Action<T> = (input: unknown) => Promise<ActionResult<T>>;

/** Calls an action; a server that cannot be reached is a failure like any other. */
export async function runAction<T>(action: Action<T>, input: unknown): Promise<ActionResult<T>> {
  try {
    return await action(input);
  } catch (error) {
    // Next throws its own signals (redirect, not found) through here; they are not failures.
    if (error instanceof Error && "digest" in error && /^NEXT_/.test(String(error.digest))) {
      throw error;
    }
    return {
      ok: false,
      error: {
        code: "unavailable",
        message:
          "Callgate did not answer, so this may not be saved. Check the connection and try again.",
        fields: {},
      },
    };
  }
}
