import type { ProxyState } from "#proxy/exchange.ts";

export interface DrainWatch {
  /** Resolves once this proxy is about to stop. */
  begun: Promise<void>;
  /** Ends the watch. */
  forget(): void;
}

/**
 * For what waits for a person: a proxy that is about to stop does not wait with it. The agent is told
 * how things stand, and what it repeats elsewhere joins what waits.
 */
export function watchDrain(state: Pick<ProxyState, "isDraining" | "trackStream">): DrainWatch {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const forget = state.trackStream(resolve);
  if (state.isDraining()) resolve();
  return { begun, forget };
}
