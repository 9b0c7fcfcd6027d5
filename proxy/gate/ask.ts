import { type JsonRpcRequest, type MessageRefusal, parseToolCall } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import type { AdmissionRequest } from "#proxy/ports.ts";
import { missingTarget, targetOf } from "./access.ts";

/** A request that is judged, admitted and recorded: a tool's call, or the use of a prompt or resource. */
export interface Ask {
  method: AdmissionRequest["method"];
  /** The tool's or prompt's name, or the resource's URI. */
  name: string;
  arguments: JsonObject;
}

/** Whether a request goes through admission; everything else does not run or read anything. */
export function isAsk(method: string): method is Ask["method"] {
  return method === "tools/call" || method === "prompts/get" || method === "resources/read";
}

/** Reads what a request asks for; the arguments are the object that is judged and forwarded. */
export function parseAsk(method: Ask["method"], request: JsonRpcRequest): Ask | MessageRefusal {
  if (method === "tools/call") {
    const call = parseToolCall(request);
    return "kind" in call ? call : { method, ...call };
  }
  const target = targetOf(request);
  if (target === null) return refuse(request, missingTarget(method));
  const args = method === "prompts/get" ? request.params?.arguments : undefined;
  if (args === undefined) return { method, name: target.name, arguments: {} };
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    return refuse(request, 'prompts/get needs "params.arguments" to be an object.');
  }
  return { method, name: target.name, arguments: args };
}

function refuse(request: JsonRpcRequest, message: string): MessageRefusal {
  return {
    kind: "refused",
    httpStatus: 400,
    jsonRpcCode: -32602,
    id: request.id,
    reason: "invalid_params",
    message,
  };
}
