import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type JsonLimits,
  JsonRefusal,
  type JsonRefusalReason,
  parseJson,
  REQUEST_LIMITS,
  RESPONSE_LIMITS,
} from "./parse-json.ts";

function refusal(bytes: string | Buffer, limits: JsonLimits = REQUEST_LIMITS): JsonRefusal | null {
  try {
    parseJson(Buffer.from(bytes), limits);
    return null;
  } catch (error) {
    if (error instanceof JsonRefusal) return error;
    throw error;
  }
}

const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

const REFUSED: [string, string, string | Buffer, JsonRefusalReason][] = [
  ["ADV-001", "a second tool name", call('{"name":"get","name":"delete_all"}'), "duplicate_key"],
  ["ADV-001", "the mirror order", call('{"name":"delete_all","name":"get"}'), "duplicate_key"],
  [
    "ADV-002",
    "an escaped duplicate",
    '{"params":{"name":"get","na\\u006de":"x"}}',
    "duplicate_key",
  ],
  ["ADV-004", "an equal duplicate", '{"arguments":{"a":1,"a":1}}', "duplicate_key"],
  ["ADV-004", "a duplicate far inside", '[[{"x":[{"a":{},"b":[1],"a":{}}]}]]', "duplicate_key"],
  ["ADV-004", "an empty duplicate key", '{"":1,"":1}', "duplicate_key"],
  ["ADV-006", "an overflowing number", '{"amount":1e400}', "number_out_of_range"],
  ["ADV-006", "its negative", '{"amount":-1e400}', "number_out_of_range"],
  ["ADV-006", "a long overflowing integer", `[${"9".repeat(400)}]`, "number_out_of_range"],
  ["ADV-006", "an integer that would change", '{"id":9007199254740993}', "number_out_of_range"],
  ["ADV-006", "its negative", '{"id":-9007199254740993}', "number_out_of_range"],
  ["ADV-009", "a __proto__ key", '{"__proto__":{"isAdmin":true}}', "forbidden_key"],
  ["ADV-009", "an escaped one", '{"\\u005f_proto__":{"isAdmin":true}}', "forbidden_key"],
  ["ADV-009", "constructor.prototype", '{"constructor":{"prototype":{}}}', "forbidden_key"],
  ["ADV-012", "too many values", `[${"0,".repeat(10_000)}0]`, "too_many_values"],
  [
    "ADV-012",
    "too many keys",
    `{${Array.from({ length: 10_001 }, (_, i) => `"${i}":0`)}}`,
    "too_many_values",
  ],
  ["depth", "65 arrays", "[".repeat(65) + "]".repeat(65), "too_deep"],
  ["depth", "millions of arrays", "[".repeat(2_000_000), "too_deep"],
  ["ADV-013", "an overlong slash", Buffer.from([0x22, 0x61, 0xc0, 0xaf, 0x22]), "invalid_utf8"],
  ["ADV-013", "an overlong dot", Buffer.from([0x22, 0xe0, 0x80, 0xae, 0x22]), "invalid_utf8"],
  ["ADV-013", "a raw surrogate", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), "invalid_utf8"],
  ["ADV-013", "UTF-16", Buffer.from('\ufeff{"a":1}', "utf16le"), "invalid_utf8"],
  ["ADV-014", "a lone surrogate", '{"s":"\\ud800"}', "invalid_string"],
  ["ADV-014", "one in a key", '{"\\udc00":1}', "invalid_string"],
  ["ADV-017", "NUL in a value", '{"path":"/safe\\u0000/../etc"}', "invalid_string"],
  ["ADV-017", "NUL in a key", '{"a\\u0000":1}', "invalid_string"],
  ["ADV-017", "a raw NUL", '{"a":"\0"}', "not_json"],
  ["BOM", "a byte order mark", '\ufeff{"a":1}', "byte_order_mark"],
  ...[
    '{"a":1,}',
    "{a:1}",
    '{"a":1}/*x*/',
    '{"a":1}{"b":2}',
    "NaN",
    "Infinity",
    "01",
    "'a'",
    "",
    " ",
    '"',
    '"\\',
    '{"a":1}\0',
  ].map((text): [string, string, string, JsonRefusalReason] => ["ADV-016", text, text, "not_json"]),
];

describe("strict JSON", () => {
  test.each(REFUSED)("%s: %s is refused", (_case, _what, bytes, reason) => {
    expect(refusal(bytes)?.reason).toBe(reason);
  });

  it("names the duplicated key as its reader sees it", () => {
    expect(refusal('{"a":{"name":1},"x":{"name":1,"na\\u006de":2}}')?.message).toContain('"name"');
  });

  it("names a duplicate beside a string of a megabyte", () => {
    const long = 'quote \\" and slash \\\\ '.repeat(50_000);
    expect(refusal(`{"a":"${long}","b":1,"b":2}`)?.message).toContain('"b"');
  });

  it("reads an escaped key as itself, whatever keys were read before it", () => {
    for (const [before, text, key] of [
      ['{"\\\\":1}', '{"\\n":1}', "\n"],
      ['{"x":0,"\\\\u0":1}', '{"x":0,"\\u0061bc":1}', "abc"],
    ] as const) {
      for (let time = 0; time < 3; time++) {
        parseJson(Buffer.from(before));
        expect(Object.keys(parseJson(Buffer.from(text)) ?? {})).toContain(key);
      }
    }
  });

  it("refuses a duplicate beside a string of many escapes, and a __proto__ in escapes", () => {
    const escapes = "\\n".repeat(1_000_000);
    expect(refusal(`{"a":"${escapes}","b":1,"b":2}`)?.message).toContain('"b"');
    expect(refusal('{"\\u005f_proto__":{"a":1}}')?.reason).toBe("forbidden_key");
    expect(refusal('{"\\n":1,"\\u000a":[1,{"x":-0.5e1}]}')?.reason).toBe("duplicate_key");
  });

  it("keeps prototypes clean after a refusal (ADV-009)", () => {
    refusal('{"__proto__":{"isAdmin":true}}');
    expect("isAdmin" in {}).toBe(false);
  });

  it("reads every spelling of a number as the value that is forwarded (ADV-005, ADV-008)", () => {
    const text =
      ' {"b": 1E2,\n"a": 1.0, "c": -0, "d": [-0, 0.1000000000000000055511151231257827], "u": "a\\/b"} ';
    const value = parseJson(Buffer.from(text));
    expect(JSON.stringify(value)).toBe('{"b":100,"a":1,"c":0,"d":[0,0.1],"u":"a/b"}');
    expect(value).toStrictEqual({ b: 100, a: 1, c: 0, d: [0, 0.1], u: "a/b" });
    expect(Object.is(parseJson(Buffer.from("-0")), 0)).toBe(true);
  });

  it("accepts long integers that a double holds exactly", () => {
    expect(parseJson(Buffer.from("[9007199254740992, 100000000000000000000]"))).toEqual([
      2 ** 53,
      1e20,
    ]);
  });

  it("accepts 64 levels, colons and brackets inside strings, and a harmless constructor key", () => {
    const deep = "[".repeat(64) + "]".repeat(64);
    expect(JSON.stringify(parseJson(Buffer.from(deep)))).toBe(deep);
    const text = '{"a:[{":"}]:\\"::","constructor":{"b":"\\\\"}}';
    expect(JSON.stringify(parseJson(Buffer.from(text)))).toBe(text);
  });

  it("lets an upstream say what an agent may not, as long as it is unambiguous", () => {
    const accepted = '{"n":12345678901234567890,"s":"\\ud800\\u0000"}';
    expect(refusal(accepted, RESPONSE_LIMITS)).toBeNull();
    expect(refusal('{"a":1,"a":2}', RESPONSE_LIMITS)?.reason).toBe("duplicate_key");
    expect(refusal("[1e400]", RESPONSE_LIMITS)?.reason).toBe("number_out_of_range");
    expect(refusal('{"__proto__":1}', RESPONSE_LIMITS)?.reason).toBe("forbidden_key");
  });

  const jsonValue = fc.jsonValue({ depthSize: "small", stringUnit: "grapheme" });
  const forbidden = /"__proto__"|"prototype"|\\u0000|\\ud[89a-f]/;

  it("gives back every value that was serialised", () => {
    fc.assert(
      fc.property(jsonValue, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!forbidden.test(text));
        expect(parseJson(Buffer.from(text))).toStrictEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("answers any bytes with a refusal or with the value JSON.parse finds", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      '"a"',
      '"b"',
      "\\",
      "\\u0061",
      "1",
      "-0",
      "e9",
      ".5",
      " ",
      "null",
      "true",
      "9007199254740993",
      "\ud83d\ude00",
      "\ufeff",
      "__proto__",
    );
    const nearly = fc.array(pieces, { maxLength: 30 }).map((list) => Buffer.from(list.join("")));
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(nearly, bytes), (input) => {
        let value: unknown;
        try {
          value = parseJson(input, RESPONSE_LIMITS);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonRefusal);
          return;
        }
        const text = input.toString("utf8");
        // JSON.parse itself may take an escaped key for another one.
        if (text.includes("\\")) return;
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 5_000 },
    );
  });

  it("refuses an object with any key repeated, however it is spelled", () => {
    const escaped = (key: string) =>
      [...key].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const key = fc.stringMatching(/^[a-z]{1,30}$/);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 8 }), fc.nat(), (keys, pick) => {
        const members = keys.map((name, at) => `"${name}":${at % 2 ? '{"x":[1]}' : '"\\""'}`);
        const again = keys[pick % keys.length] ?? "";
        const text = `{${[...members, `"${escaped(again)}":0`].join(",")}}`;
        expect(refusal(text)?.reason).toBe("duplicate_key");
      }),
    );
  });
});
