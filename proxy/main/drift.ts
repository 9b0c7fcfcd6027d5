/** A server that announces something else each time must not be read in a loop. */
const restMilliseconds = 30_000;

/**
 * Lets the first report of a server through at once and, of those that follow within half a minute,
 * one at its end: a change is never missed, and no server makes this proxy do more than that.
 *
 * @param report asks for the server's tools to be read again
 */
export function throttleDrift(
  report: (orgId: string, serverId: string) => Promise<void>,
  milliseconds: number = restMilliseconds,
): (orgId: string, serverId: string) => Promise<void> {
  /** Servers that rest, and whether one of their reports waits. */
  const resting = new Map<string, { waits: boolean }>();
  return async function reportDrift(orgId, serverId) {
    const rest = resting.get(serverId);
    if (rest) {
      rest.waits = true;
      return;
    }
    const state = { waits: false };
    resting.set(serverId, state);
    setTimeout(() => {
      resting.delete(serverId);
      // Reported again with the next drift; what differs is not offered meanwhile.
      if (state.waits) reportDrift(orgId, serverId).catch(() => {});
    }, milliseconds).unref();
    await report(orgId, serverId);
  };
}
