import {
  type JsonLimits,
  type JsonObject,
  JsonRefusal,
  type JsonValue,
  parseJson,
} from "./parse-json.ts";

export type RequestId = string | number;

export type JsonRpcRequest = { jsonrpc: "2.0"; id: RequestId; method: string; params?: JsonObject };
export type JsonRpcNotification = { jsonrpc: "2.0"; method: string; params?: JsonObject };
export type JsonRpcResult = { jsonrpc: "2.0"; id: RequestId; result: JsonObject };
export type JsonRpcError = {
  jsonrpc: "2.0";
  /** null: the answering side could not read the request's id. */
  id: RequestId | null;
  error: { code: number; message: string; data?: JsonValue };
};
export type JsonRpcResponse = JsonRpcResult | JsonRpcError;
export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse;

/** One message with its kind; `message` is the very object that was checked. */
export type ParsedMessage =
  | { kind: "request"; message: JsonRpcRequest }
  | { kind: "notification"; message: JsonRpcNotification }
  | { kind: "response"; message: JsonRpcResponse };

export type MessageRefusalReason =
  | JsonRefusal["reason"]
  | "batch"
  | "not_an_object"
  | "wrong_version"
  | "invalid_id"
  | "missing_id"
  | "invalid_method"
  | "invalid_params"
  | "invalid_response"
  | "mixed_message"
  | "unknown_member";

/** Everything a transport needs to refuse one message; the message text is for the developer. */
export interface MessageRefusal {
  kind: "refused";
  httpStatus: 400;
  jsonRpcCode: -32700 | -32600 | -32602;
  /** The request's id when it could be read; JSON-RPC wants null otherwise. */
  id: RequestId | null;
  reason: MessageRefusalReason;
  message: string;
}

/**
 * Reads one JSON-RPC message from bytes: `parseJson`, then `parseMessage`. Never throws for any
 * bytes.
 */
export function readMessage(bytes: Buffer, limits: JsonLimits): ParsedMessage | MessageRefusal {
  let value: JsonValue;
  try {
    value = parseJson(bytes, limits);
  } catch (error) {
    if (!(error instanceof JsonRefusal)) throw error;
    return refuse(jsonCode(error.reason), null, error.reason, error.message);
  }
  return parseMessage(value);
}

/**
 * Checks a parsed value against JSON-RPC 2.0 as MCP uses it (one object, never an array; ids are
 * strings or safe integers of at most 256 bytes, never null; params is an object). Unknown
 * members and mixtures of request and response are refused.
 */
export function parseMessage(value: JsonValue): ParsedMessage | MessageRefusal {
  if (Array.isArray(value)) {
    const text = "Batches are not accepted: send one JSON-RPC message per request.";
    return refuse(-32600, null, "batch", text);
  }
  if (typeof value !== "object" || value === null) {
    return refuse(-32600, null, "not_an_object", "A JSON-RPC message is a JSON object.");
  }
  const id = value.id;
  const knownId = isRequestId(id) ? id : null;
  if (value.jsonrpc !== "2.0") {
    return refuse(
      -32600,
      knownId,
      "wrong_version",
      'The member "jsonrpc" must be the string "2.0".',
    );
  }
  for (const member of Object.keys(value)) {
    if (!MEMBERS.has(member)) {
      const text = `The member ${JSON.stringify(member.slice(0, 64))} is not part of JSON-RPC 2.0.`;
      return refuse(-32600, knownId, "unknown_member", text);
    }
  }
  const answers = "result" in value || "error" in value;
  if (!answers) return parseCall(value, knownId);
  if ("method" in value || "params" in value) {
    const text = "A message is either a request or a response, not both.";
    return refuse(-32600, knownId, "mixed_message", text);
  }
  return parseResponse(value, knownId);
}

export type ToolCall = { name: string; arguments: JsonObject };

/**
 * The tool name and arguments of a `tools/call` request. Absent arguments are an empty object
 * (MCP lets a client omit them); anything else that is not an object is refused, as is a name
 * with control characters.
 */
export function parseToolCall(request: JsonRpcRequest): ToolCall | MessageRefusal {
  const name = request.params?.name;
  if (typeof name !== "string" || name === "" || name.length > 256 || hasControlCharacter(name)) {
    const text =
      'tools/call needs "params.name": a string of 1 to 256 characters without control characters.';
    return refuse(-32602, request.id, "invalid_params", text);
  }
  const args = request.params?.arguments;
  if (args === undefined) return { name, arguments: {} };
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    const text = 'tools/call needs "params.arguments" to be an object.';
    return refuse(-32602, request.id, "invalid_params", text);
  }
  return { name, arguments: args };
}

const MEMBERS = new Set(["jsonrpc", "id", "method", "params", "result", "error"]);

function parseCall(value: JsonObject, knownId: RequestId | null): ParsedMessage | MessageRefusal {
  const { method, params } = value;
  if ("id" in value && knownId === null) {
    const text = 'The member "id" must be a string or an integer of at most 256 bytes, not null.';
    return refuse(-32600, null, "invalid_id", text);
  }
  if (typeof method !== "string" || method === "" || method.length > 256) {
    const text = 'The member "method" must be a string of 1 to 256 characters.';
    return refuse(-32600, knownId, "invalid_method", text);
  }
  if (
    params !== undefined &&
    (typeof params !== "object" || params === null || Array.isArray(params))
  ) {
    return refuse(-32602, knownId, "invalid_params", 'The member "params" must be an object.');
  }
  // The casts below restate the checks above, which TypeScript cannot tie to the object.
  if (knownId !== null) return { kind: "request", message: value as JsonRpcRequest };
  if (!method.startsWith("notifications/")) {
    const text = `${JSON.stringify(method)} is a request and needs an "id".`;
    return refuse(-32600, null, "missing_id", text);
  }
  return { kind: "notification", message: value as JsonRpcNotification };
}

function parseResponse(
  value: JsonObject,
  knownId: RequestId | null,
): ParsedMessage | MessageRefusal {
  const { id, result, error } = value;
  if (result !== undefined && error !== undefined) {
    const text = 'A response carries "result" or "error", not both.';
    return refuse(-32600, knownId, "mixed_message", text);
  }
  const idless = error !== undefined && (id === null || id === undefined);
  if (knownId === null && !idless) {
    const text = 'A response needs the "id" of its request.';
    return refuse(-32600, null, "invalid_id", text);
  }
  if (error === undefined) {
    if (!isObject(result)) {
      return refuse(-32600, knownId, "invalid_response", 'The member "result" must be an object.');
    }
  } else if (
    !isObject(error) ||
    !Number.isSafeInteger(error.code) ||
    typeof error.message !== "string"
  ) {
    const text = 'The member "error" must hold an integer "code" and a string "message".';
    return refuse(-32600, knownId, "invalid_response", text);
  }
  if (idless) value.id = null;
  // Restates the checks above, as for requests.
  return { kind: "response", message: value as JsonRpcResponse };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRequestId(id: JsonValue | undefined): id is RequestId {
  if (typeof id === "number") return Number.isSafeInteger(id);
  return typeof id === "string" && id.length <= 256 && Buffer.byteLength(id) <= 256;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Texts that are not JSON at all are parse errors; the rest is JSON that we do not accept. */
function jsonCode(reason: JsonRefusal["reason"]): -32700 | -32600 {
  switch (reason) {
    case "invalid_utf8":
    case "byte_order_mark":
    case "not_json":
      return -32700;
    case "too_deep":
    case "too_many_values":
    case "duplicate_key":
    case "forbidden_key":
    case "number_out_of_range":
    case "invalid_string":
      return -32600;
  }
}

function refuse(
  jsonRpcCode: MessageRefusal["jsonRpcCode"],
  id: RequestId | null,
  reason: MessageRefusalReason,
  message: string,
): MessageRefusal {
  return { kind: "refused", httpStatus: 400, jsonRpcCode, id, reason, message };
}
