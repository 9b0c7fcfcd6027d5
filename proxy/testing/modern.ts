import { mirroredName } from "#proxy/modern/mirrored-headers.ts";
import { metaKeys, modernRevision } from "#proxy/receive/era.ts";
import { post } from "./harness.ts";

export interface ModernAnswer {
  status: number;
  headers: Headers;
  text: string;
  body: { result?: Record<string, unknown>; error?: { code: number; message: string } };
}

/** What a modern request declares of its client; a capability by its name. */
export function envelopeOf(capabilities: Record<string, unknown> = {}) {
  return {
    [metaKeys.protocolVersion]: modernRevision,
    [metaKeys.clientInfo]: { name: "test-client", version: "1.2.3" },
    [metaKeys.clientCapabilities]: capabilities,
  };
}

/** The headers of a modern request; a name that headers cannot carry is left to the caller. */
export function mirrorOf(method: string, params: Record<string, unknown>): Record<string, string> {
  // Test parameters are JSON.
  const name = mirroredName(method, params as Parameters<typeof mirroredName>[1]);
  return {
    "mcp-protocol-version": modernRevision,
    "mcp-method": method,
    ...(name === null ? {} : { "mcp-name": name }),
  };
}

/**
 * One modern request by hand.
 * @param headers replace the right ones; null leaves one out
 */
export async function askModern(
  { url, agent }: { url: string; agent: { token: string } },
  method: string,
  params: Record<string, unknown> = {},
  options: { headers?: Record<string, string | null>; capabilities?: Record<string, unknown> } = {},
): Promise<ModernAnswer> {
  const _meta = envelopeOf(options.capabilities);
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { _meta, ...params } });
  const all = { ...mirrorOf(method, params), ...options.headers };
  const headers = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
  const answer = await post(url, agent.token, body, headers);
  return { ...answer, body: bodyOf(answer.text) };
}

export interface ModernMessage {
  id?: unknown;
  method?: string;
  params?: { notifications?: unknown; uri?: string; _meta?: Record<string, unknown> };
  result?: Record<string, unknown>;
}

/** One modern request by hand, id 7, whose messages are gathered until it is closed. */
export async function streamModern(
  { url, agent }: { url: string; agent: { token: string } },
  method: string,
  params: Record<string, unknown>,
  over = new AbortController(),
) {
  const response = await fetch(url, {
    method: "POST",
    signal: over.signal,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${agent.token}`,
      ...mirrorOf(method, params),
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 7,
      method,
      params: { _meta: envelopeOf(), ...params },
    }),
  });
  const messages: ModernMessage[] = [];
  const state = { ended: false };
  const read = async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^data: (.+)$/m.exec(event)?.[1];
        if (data) messages.push(JSON.parse(data));
      }
    }
    if (text.startsWith("{")) messages.push(JSON.parse(text));
  };
  void read()
    .catch(() => {})
    .finally(() => {
      state.ended = true;
    });
  return { response, messages, state, close: () => over.abort() };
}

/** The JSON answer, or the last event of a stream. */
function bodyOf(text: string): ModernAnswer["body"] {
  const last = text
    .match(/^data: (.*)$/gm)
    ?.at(-1)
    ?.slice(6);
  return JSON.parse(last ?? text);
}
