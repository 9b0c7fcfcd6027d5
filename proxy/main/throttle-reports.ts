/** What happens at every call of a server must not cost the database something each time. */
const restMilliseconds = 30_000;

/**
 * Lets the first report of a server through at once and, of those that follow within half a minute,
 * one at its end: a change is never missed, and no server makes this proxy do more than that.
 *
 * @param report tells the product, with what was said last; answers 0, or in how many milliseconds it wants
 *   to be told instead
 */
export function throttleReports<Said extends unknown[]>(
  report: (orgId: string, serverId: string, ...said: Said) => Promise<number>,
  milliseconds: number = restMilliseconds,
): (orgId: string, serverId: string, ...said: Said) => Promise<void> {
  /** Servers that rest, and which of their reports waits. */
  const resting = new Map<string, { waits: Said | null }>();
  return async function reportOnce(orgId, serverId, ...said) {
    const rest = resting.get(serverId);
    if (rest) {
      rest.waits = said;
      return;
    }
    const state: { waits: Said | null } = { waits: null };
    resting.set(serverId, state);
    let restsFor = milliseconds;
    try {
      const later = await report(orgId, serverId, ...said);
      if (later > 0) {
        restsFor = later;
        state.waits ??= said;
      }
    } finally {
      setTimeout(() => {
        resting.delete(serverId);
        // One that fails is made again with the next.
        if (state.waits) reportOnce(orgId, serverId, ...state.waits).catch(() => {});
      }, restsFor).unref();
    }
  };
}
