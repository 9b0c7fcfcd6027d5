import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSseEvent, type SseEvent, SseReader } from "./sse.ts";

function readAll(bytes: Uint8Array, cuts: number[] = [], maxEventBytes = 1_000): SseEvent[] {
  const reader = new SseReader(maxEventBytes);
  const edges = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return edges.slice(1).flatMap((edge, at) => reader.push(bytes.subarray(edges[at] ?? 0, edge)));
}
const read = (text: string, max?: number) => readAll(Buffer.from(text), [], max);

describe("event streams", () => {
  it("accepts every kind of line end, a byte order mark and comments", () => {
    expect(read("\ufeffdata: a\r\rdata: b\r\n\r\ndata: c\n\n: keep-alive\n\n")).toEqual([
      { data: "a" },
      { data: "b" },
      { data: "c" },
    ]);
  });

  it("removes one byte order mark, in whatever pieces it arrives", () => {
    const twice = Buffer.from("\ufeff\ufeffdata: a\n\ndata: b\n\n");
    expect(readAll(twice, [1])).toEqual(readAll(twice));
    expect(readAll(twice)).toEqual([{ data: "b" }]);
  });

  it("keeps a priming event, whose data is empty", () => {
    expect(read("id: 7\nretry: 0\ndata:\n\n")).toEqual([
      { id: "7", retryMilliseconds: 1_000, data: "" },
    ]);
  });

  it("clamps retry and ignores ids with NUL (ADV-156)", () => {
    expect(read("retry: 999999\nid: a\0b\ndata: x\n\n")).toEqual([
      { retryMilliseconds: 60_000, data: "x" },
    ]);
    expect(read("retry: 1e9\ndata: x\n\n")).toEqual([{ data: "x" }]);
  });

  it("drops an event that never ends", () => {
    expect(read("data: whole\n\ndata: half\n")).toEqual([{ data: "whole" }]);
  });

  it("refuses a line or event beyond the cap, and never for comments (ADV-156)", () => {
    expect(() => read(`data: ${"x".repeat(200)}`, 100)).toThrow("larger than 100");
    expect(() => read("data: 0123456789\n".repeat(20), 100)).toThrow("larger than 100");
    expect(read(`${": 0123456789\n".repeat(50)}data: x\n\n`, 100)).toEqual([{ data: "x" }]);
  });

  it("refuses invalid UTF-8", () => {
    expect(() => readAll(Buffer.from([100, 97, 116, 97, 58, 0xc0, 0xaf, 10, 10]))).toThrow("UTF-8");
  });

  const noBreaks = fc
    .string({ unit: "grapheme", maxLength: 20 })
    .filter((text) => !/[\r\n\0]/.test(text));
  const event = fc.record(
    {
      data: fc.string({
        unit: fc.constantFrom("a", "\n", "\r", ":", " ", "é", "\ud83d\ude00", "data: x"),
      }),
      id: noBreaks,
      event: noBreaks,
      retryMilliseconds: fc.integer({ min: 1_000, max: 60_000 }),
    },
    { requiredKeys: ["data"] },
  );

  it("gives the same events however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (events, cuts) => {
          const bytes = Buffer.from(events.map(formatSseEvent).join(""));
          const expected = events.map(({ data, ...rest }) => ({
            ...rest,
            data: data.replace(/[\r\n]/g, " "),
          }));
          expect(readAll(bytes, cuts, 100_000)).toEqual(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("gives the same events for any bytes, in one piece or byte by byte", () => {
    const piece = fc.constantFrom(
      "data",
      ":",
      " ",
      "\n",
      "\r",
      "id",
      "x",
      "retry",
      "5",
      "\n\n",
      "\ufeff",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(""));
        expect(readAll(bytes, [...bytes.keys()])).toEqual(readAll(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  it("cannot be made to open an event by content (ADV-157)", () => {
    const forged = '\n\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';
    expect(read(formatSseEvent({ data: forged }))).toHaveLength(1);
    expect(() => formatSseEvent({ id: forged, data: "x" })).toThrow(RangeError);
  });
});
