import fc from "fast-check";
import { jsonObject, jsonValue } from "./spelling.ts";

export const requestId = fc.oneof(fc.maxSafeInteger(), fc.string({ unit: "binary", maxLength: 8 }));

const member = fc.constantFrom("jsonrpc", "id", "method", "params", "result", "error", "extra");
const request = fc.record({
  id: requestId,
  method: fc.constantFrom("tools/call", "notifications/x", "ping"),
  params: jsonObject,
});
const response = fc.oneof(
  fc.record({ id: requestId, result: jsonObject }),
  fc.record({
    id: requestId,
    error: fc.record({ code: fc.integer(), message: fc.string({ maxLength: 4 }) }),
  }),
);
/** Nothing in most cases; otherwise members that are not theirs, or not of that kind. */
const odd = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(member, fc.oneof(jsonValue, jsonObject)), { maxLength: 2 }),
  },
);

/** Objects that are, or nearly are, messages. */
export const nearMessage = fc
  .tuple(fc.oneof(request, response), odd)
  .map(([message, others]) => ({ jsonrpc: "2.0", ...message, ...Object.fromEntries(others) }));
