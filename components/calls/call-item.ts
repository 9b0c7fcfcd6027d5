import type { CallRow } from "#lib/calls/calls.ts";

/** A call as lists show it; the time in ISO 8601. */
export type CallItem = Omit<CallRow, "at"> & { at: string };

export function callItemOf(row: CallRow): CallItem {
  return { ...row, at: row.at.toISOString() };
}
