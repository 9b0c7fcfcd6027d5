import { setTimeout as sleep } from "node:timers/promises";
import type { AdmissionAnswer, AdmissionRequest } from "#proxy/ports.ts";
import type { Batcher } from "./batcher.ts";

/** A refusal follows, not a queue: about a second in all. */
const waitsMs = [5, 10, 20, 40, 80, 160, 320, 400];

/**
 * Asks for admission again while the org is being changed, which is soon over; each time among others'
 * calls, so that nobody else waits for that change.
 *
 * @throws Error when the change takes longer than a call may wait
 */
export async function addWhenFree(
  admission: Pick<Batcher<AdmissionRequest, AdmissionAnswer>, "add">,
  request: AdmissionRequest,
): Promise<Exclude<AdmissionAnswer, { kind: "busy" }>> {
  for (const waitMs of waitsMs) {
    const answer = await admission.add(request);
    if (answer.kind !== "busy") return answer;
    await sleep(waitMs);
  }
  throw new Error("the org is being changed for longer than a call may wait");
}
