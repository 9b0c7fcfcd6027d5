import { modernRevision } from "#proxy/receive/era.ts";
import { type SeenRequest, startLocalServer } from "./local-server.ts";

/** A modern server with these tools, which repeats the called name and calls everything public. */
export async function startModernStub(
  names: readonly string[],
): Promise<{ url: string; seen: SeenRequest[] } & AsyncDisposable> {
  const server = await startLocalServer(({ body }, response) => {
    const { id, method, params } = JSON.parse(body);
    const cached = { resultType: "complete", ttlMs: 86_400_000, cacheScope: "public" };
    const answers: Record<string, object> = {
      "server/discover": {
        ...cached,
        supportedVersions: [modernRevision],
        capabilities: { tools: {} },
      },
      "tools/list": {
        ...cached,
        tools: names.map((name) => ({ name, inputSchema: { type: "object" } })),
      },
      "tools/call": {
        resultType: "complete",
        content: [{ type: "text", text: params?.name ?? "" }],
      },
    };
    const result = answers[method];
    const error = { code: -32601, message: `Method not found: ${method}` };
    response.writeHead(result ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...(result ? { result } : { error }) }));
  });
  return {
    url: server.url.href,
    seen: server.seen,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
