import { describe, expect, test } from "vitest";
import { type ParsedMessage, parseMessage } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { classifyEra, metaKeys, modernRevision } from "./era.ts";

const envelope = {
  [metaKeys.protocolVersion]: modernRevision,
  [metaKeys.clientCapabilities]: {},
};
const mirrored = { "mcp-protocol-version": modernRevision, "mcp-method": "tools/list" };

function request(method: string, params?: JsonObject): ParsedMessage {
  return parsed({ jsonrpc: "2.0", id: 1, method, ...(params && { params }) });
}

function parsed(message: JsonObject): ParsedMessage {
  const result = parseMessage(message);
  if (result.kind === "refused") throw new Error(result.message);
  return result;
}

describe("a message belongs to the older era", () => {
  test.each<[string, Record<string, string>, ParsedMessage]>([
    ["without any sign of a revision", {}, request("tools/list")],
    ["with an older revision in its header", old("2025-03-26"), request("tools/list")],
    ["when it opens a session", {}, request("initialize", { protocolVersion: modernRevision })],
    ["when it is an answer", {}, parsed({ jsonrpc: "2.0", id: 1, result: {} })],
    [
      "when it opens a session and half claims to be newer",
      {},
      request("initialize", { _meta: { [metaKeys.protocolVersion]: modernRevision } }),
    ],
    [
      "when it is a notification of it",
      old("2025-11-25"),
      parsed({ jsonrpc: "2.0", method: "notifications/initialized" }),
    ],
  ])("%s", (_, headers, message) => {
    expect(classifyEra(headers, message)).toEqual({ kind: "legacy" });
  });
});

describe("a message belongs to the newer era", () => {
  test.each<[string, Record<string, string>, ParsedMessage]>([
    ["when it describes itself", mirrored, request("tools/list", { _meta: envelope })],
    [
      "even where the method is gone",
      { ...mirrored, "mcp-method": "initialize" },
      request("initialize", { _meta: envelope }),
    ],
    [
      "as a notification, by its header",
      mirrored,
      parsed({ jsonrpc: "2.0", method: "notifications/cancelled" }),
    ],
  ])("%s", (_, headers, message) => {
    expect(classifyEra(headers, message)).toEqual({ kind: "modern" });
  });
});

describe("a message of neither is refused", () => {
  test.each<[string, Record<string, string>, ParsedMessage, number]>([
    ["an older revision nobody knows", old("1999-01-01"), request("tools/list"), -32000],
    ["a revision that is none", old("latest"), request("tools/list"), -32000],
    ["the newer header without its envelope", mirrored, request("tools/list", {}), -32602],
    [
      "an envelope without capabilities",
      mirrored,
      request("tools/list", { _meta: { [metaKeys.protocolVersion]: modernRevision } }),
      -32602,
    ],
    [
      "a version that is no text",
      mirrored,
      request("tools/list", { _meta: { ...envelope, [metaKeys.protocolVersion]: 1 } }),
      -32602,
    ],
    ["opening a session under the newer header", mirrored, request("initialize", {}), -32020],
    [
      "an answer under the newer header",
      mirrored,
      parsed({ jsonrpc: "2.0", id: 1, result: {} }),
      -32600,
    ],
    [
      "a revision to come",
      old("2027-01-01"),
      request("tools/list", { _meta: { ...envelope, [metaKeys.protocolVersion]: "2027-01-01" } }),
      -32022,
    ],
  ])("%s", (_, headers, message, code) => {
    expect(classifyEra(headers, message)).toMatchObject({ kind: "refused", status: 400, code });
  });

  test("with the revisions that work, where it named one that does not", () => {
    const _meta = { ...envelope, [metaKeys.protocolVersion]: "v9" };
    expect(classifyEra(old("v9"), request("tools/list", { _meta }))).toMatchObject({
      data: { supported: [modernRevision], requested: "v9" },
      id: 1,
    });
  });
});

function old(revision: string): Record<string, string> {
  return { "mcp-protocol-version": revision };
}
