import { idFloor } from "#lib/ids.ts";

/** The smallest id a call of that instant can have: `before` and `after` as a time. */
export function callFloor(at: Date): string {
  return idFloor(at).replace("-0000-0000-", "-7000-8000-");
}
