import type { ProxyState } from "./exchange.ts";
import { OwnRequests } from "./forward/own-requests.ts";
import { Upstreams } from "./forward/upstreams.ts";
import { Batcher } from "./gate/batcher.ts";
import { Gates } from "./gate/gates.ts";
import type { AdmissionRequest, Ports, ProxyConfig, Settlement } from "./ports.ts";
import { Authenticator } from "./receive/authenticate.ts";
import { Capacity } from "./receive/capacity.ts";
import { EarlyRefusals } from "./receive/early-refusals.ts";
import type { Pressure } from "./receive/pressure.ts";
import { RefusedRequests } from "./receive/refused-requests.ts";
import { Strangers } from "./receive/strangers.ts";

/** Calls in one admission transaction, and outcomes in one insert. */
const largestBatch = 64;
/** Bytes of arguments that are kept for approvals, in one admission transaction. */
const heaviestBatch = 1_048_576;
/** Outcomes wait this long for company: nobody waits for them, and one insert takes many. */
const settleLingerMs = 10;
const touchEveryMs = 60_000;
const settleRetriesMs = [200, 1_000, 5_000, 20_000];

/** Puts the pipeline's long-lived parts together around the ports. */
export function createState(
  ports: Ports,
  config: ProxyConfig,
  pressure: () => Pressure = () => "normal",
): ProxyState & { settled(): Promise<void>; report(): Promise<void>; drain(): void } {
  const settlement = new Batcher<Settlement, true>(
    async (batch) => {
      await ports.settle(batch);
      return batch.map(() => true as const);
    },
    { largest: largestBatch, lingerMs: settleLingerMs },
  );
  const settling = new Set<Promise<void>>();
  const streams = new Set<() => void>();
  const touched = new Map<string, number>();
  let draining = false;
  const refusedRequests = new RefusedRequests(
    (counts) => ports.recordRefused(counts),
    (requests) => ports.reportUncounted(requests),
  );
  const earlyRefusals = new EarlyRefusals((requests) => ports.reportEarlyRefusals(requests));
  const report = (): Promise<void> => {
    earlyRefusals.flush();
    return refusedRequests.flush();
  };

  return {
    ports,
    config,
    authenticator: new Authenticator(ports),
    gates: new Gates(ports),
    upstreams: new Upstreams(ports, config.limits.heldPerOrg),
    capacity: new Capacity(config.limits),
    strangers: new Strangers(config.limits.strangersPerAddress),
    refusedRequests,
    earlyRefusals,
    report,
    pressure,
    isDraining: () => draining,
    admission: new Batcher((batch) => ports.admit(batch), {
      largest: largestBatch,
      heaviest: { weight: heaviestBatch, of: keptBytes },
    }),
    settle(outcome) {
      const writing = writeWithRetries(settlement, outcome).finally(() => settling.delete(writing));
      settling.add(writing);
    },
    touch(access, client) {
      const key = `${access.tokenId} ${access.session?.id ?? ""}`;
      const now = performance.now();
      if (client === null && now - (touched.get(key) ?? Number.NEGATIVE_INFINITY) < touchEveryMs) {
        return;
      }
      if (touched.size > 10_000) touched.clear();
      touched.set(key, now);
      const { orgId, agentId, tokenId, session } = access;
      ports
        .touchAgent({ orgId, agentId, tokenId, sessionId: session?.id ?? null, client })
        .catch(() => touched.delete(key));
    },
    inFlight: new OwnRequests(),
    now: () => performance.now(),
    trackStream(end) {
      streams.add(end);
      return () => streams.delete(end);
    },
    drain() {
      draining = true;
      for (const end of streams) end();
    },
    async settled() {
      await Promise.allSettled([...settling, report()]);
    },
  };
}

function keptBytes({ approval, requestBytes }: AdmissionRequest): number {
  return approval === null ? 0 : requestBytes;
}

/** An outcome that cannot be written in time is left to the sweeper, which records it as unknown. */
async function writeWithRetries(
  settlement: Batcher<Settlement, true>,
  outcome: Settlement,
): Promise<void> {
  for (const waitMs of [0, ...settleRetriesMs]) {
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs).unref());
    try {
      await settlement.add(outcome);
      return;
    } catch {
      // The database is away; the next turn may find it back.
    }
  }
}
