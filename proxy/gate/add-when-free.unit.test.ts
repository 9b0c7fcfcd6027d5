import { expect, test } from "vitest";
import type { AdmissionAnswer, AdmissionRequest } from "#proxy/ports.ts";
import { addWhenFree } from "./add-when-free.ts";

// Never looked into here.
const request = {} as AdmissionRequest;

/** An admission of an org whose change is over after so many times that it was asked. */
function busyFor(times: number) {
  let asked = 0;
  return {
    add: async (): Promise<AdmissionAnswer> => {
      asked += 1;
      return asked > times ? { kind: "refused", failure: "stale" } : { kind: "busy" };
    },
  };
}

test("a call of an org that is being changed is asked for again until the change is over", async () => {
  expect(await addWhenFree(busyFor(0), request)).toEqual({ kind: "refused", failure: "stale" });
  expect(await addWhenFree(busyFor(4), request)).toEqual({ kind: "refused", failure: "stale" });
});

test("a change that takes too long fails the call instead of queueing it", async () => {
  await expect(addWhenFree(busyFor(Number.POSITIVE_INFINITY), request)).rejects.toThrow(
    "for longer than a call may wait",
  );
});
