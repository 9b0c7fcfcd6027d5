import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import { type ParsedMessage, readMessage } from "#proxy/json/json-rpc.ts";
import {
  JsonRefusal,
  type JsonValue,
  parseJson,
  REQUEST_LIMITS,
  RESPONSE_LIMITS,
} from "#proxy/json/parse-json.ts";
import { bytes } from "./bytes.ts";
import { nearMessage, requestId } from "./messages.ts";
import { forAll, type Property } from "./property.ts";
import { choices, denoted, jsonObject, jsonValue, key, spell } from "./spelling.ts";

/** What any bytes of an agent or a server come to: a refusal, or the value that is forwarded. */
export const jsonProperties: readonly Property[] = [
  forAll("bytes are refused, or read as JSON.parse reads them", [bytes], (body) => {
    const value = parsed(body);
    if (value === refused) return;
    deepStrictEqual(withoutNegativeZero(denoted(body.toString("utf8"))), value);
  }),

  forAll("what is forwarded reads as what was judged, again and again", [bytes], (body) => {
    const value = parsed(body);
    if (value === refused) return;
    const forwarded = Buffer.from(JSON.stringify(value));
    deepStrictEqual(parseJson(forwarded), value);
    strictEqual(JSON.stringify(parseJson(forwarded)), forwarded.toString("utf8"));
  }),

  forAll(
    "blanks, order of keys, escapes and forms of numbers change nothing",
    [jsonValue, choices, choices],
    (value, first, second) => {
      const one = parsed(Buffer.from(spell(value, first)));
      const other = parsed(Buffer.from(spell(value, second)));
      deepStrictEqual(one, other);
      if (one !== refused) deepStrictEqual(one, value);
    },
  ),

  forAll(
    "a key that stands twice in one object is refused, however it is spelled",
    [jsonObject, key, jsonValue, choices],
    (object, twice, value, decisions) => {
      const { [twice]: _, ...others } = object;
      const twin = (content: JsonValue) => membersOf({ [twice]: content }, decisions);
      const between = Object.keys(others).length === 0 ? "" : `${membersOf(others, decisions)},`;
      const text = `{${twin(value)},${between}${twin(null)}}`;
      for (const limits of [REQUEST_LIMITS, RESPONSE_LIMITS]) {
        ok("reason" in attempt(() => parseJson(Buffer.from(text), limits)), text);
      }
    },
  ),

  forAll("bytes are refused, or one message that is forwarded as judged", [bytes], (body) => {
    expectMessage(readMessage(body, REQUEST_LIMITS));
    expectMessage(readMessage(body, RESPONSE_LIMITS));
  }),

  forAll(
    "a message is refused or taken for the same message however it is spelled",
    [nearMessage, choices, choices],
    (message, first, second) => {
      const one = readMessage(Buffer.from(spell(message, first)), REQUEST_LIMITS);
      const other = readMessage(Buffer.from(spell(message, second)), REQUEST_LIMITS);
      strictEqual(one.kind, other.kind);
      expectMessage(one);
      if (one.kind !== "refused" && other.kind !== "refused") {
        deepStrictEqual(one.message, other.message);
      }
    },
  ),

  forAll(
    "an integer of any size is refused, or goes on as the same number",
    [fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })],
    (integer) => {
      const value = parsed(Buffer.from(String(integer)));
      if (typeof value !== "number") return;
      const written = JSON.stringify(value);
      const isSame = written.includes("e")
        ? BigInt(value) === integer
        : written === String(integer);
      ok(isSame, written);
    },
  ),

  forAll(
    "an answer that is edited keeps everything else, integers of any size included",
    [jsonObject, requestId, fc.bigInt({ min: 0n, max: 10n ** 30n }), choices],
    (members, id, large, decisions) => {
      const { large: _, ...others } = members;
      const result = Object.keys(others).length === 0 ? "" : `${membersOf(others, decisions)},`;
      const source = `{"jsonrpc":"2.0","id":1,"result":{${result}"large": ${large}}}`;
      const read = readMessage(Buffer.from(source), RESPONSE_LIMITS);
      if (read.kind !== "response") return;
      const edit = (message: { id: unknown }) => {
        message.id = id;
      };
      edit(read.message);
      const text = stringifyChanged(source, read.message, edit);
      deepStrictEqual(denoted(text), denoted(JSON.stringify(read.message)));
      ok(text.endsWith(`"large":${large}}}`), text);
    },
  ),
];

const refused = Symbol("refused");

/** The members of an object as text, without its braces. */
function membersOf(object: Record<string, JsonValue>, decisions: readonly number[]): string {
  return spell(object, decisions).trim().slice(1, -1);
}

function parsed(body: Buffer): JsonValue | typeof refused {
  const result = attempt(() => parseJson(body));
  return "value" in result ? result.value : refused;
}

function attempt(parse: () => JsonValue): { value: JsonValue } | { reason: string } {
  try {
    return { value: parse() };
  } catch (error) {
    if (error instanceof JsonRefusal) return { reason: error.reason };
    throw error;
  }
}

/** What is forwarded is read by the next hop as the same message of the same kind. */
function expectMessage(read: ParsedMessage | ReturnType<typeof readMessage>): void {
  if (read.kind === "refused") return;
  const members = ["jsonrpc", "id", "method", "params", "result", "error"];
  ok(Object.keys(read.message).every((name) => members.includes(name)));
  const forwarded = Buffer.from(JSON.stringify(read.message));
  deepStrictEqual(readMessage(forwarded, RESPONSE_LIMITS), read);
  deepStrictEqual(denoted(forwarded.toString("utf8")), read.message);
}

function withoutNegativeZero(value: JsonValue): JsonValue {
  return denoted(JSON.stringify(value));
}
