import fc from "fast-check";
import { nearMessage } from "./messages.ts";
import { choices, jsonValue, spell } from "./spelling.ts";

const tokens = [
  ...["{", "}", "[", "]", ":", ",", '"', "\\", '"a"', '"b"', '"\\u0061"', '"id"', '"method"'],
  ...["0", "-0", "-", "1", ".5", "e9", "9007199254740993", "1e400", "true", "null", " ", "\n"],
  ...['"__proto__"', '"constructor"', '"prototype"', '"\\ud800"', '"\\u0000"', "\ufeff", "é"],
];

/** JSON, as it is or with one byte changed, taken out or put in. */
const damaged = fc
  .tuple(fc.oneof(jsonValue, nearMessage), choices, fc.nat(), fc.nat({ max: 1_023 }))
  .map(([value, decisions, where, damage]) => {
    const whole = Buffer.from(spell(value, decisions));
    const at = where % (whole.length + 1);
    const how = damage >> 8;
    if (how === 0) return whole;
    const put = how === 1 ? [] : [damage & 0xff];
    return Buffer.from([
      ...whole.subarray(0, at),
      ...put,
      ...whole.subarray(how === 2 ? at : at + 1),
    ]);
  });

/** Any bytes, with more of those that are nearly JSON than chance would give. */
export const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array)),
  fc
    .array(fc.constantFrom(...tokens), { maxLength: 16 })
    .map((pieces) => Buffer.from(pieces.join(""))),
  damaged,
);

/** The same bytes in pieces, cut at these places. */
export function cutAt(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const inside = cuts.map((cut) => cut % (whole.length + 1)).sort((left, right) => left - right);
  const edges = [0, ...inside, whole.length];
  return edges.slice(1).map((edge, at) => whole.subarray(edges[at] ?? 0, edge));
}
