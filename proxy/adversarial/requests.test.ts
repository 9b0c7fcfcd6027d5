// Hostile requests: an answer that says what is wrong, a trace of it, and nothing reaches the server.
import { describe, expect, test } from "vitest";
import { setUpOracle } from "#proxy/testing/oracle.ts";
import { type RequestCase, requestCases } from "./request-cases.ts";

const oracle = setUpOracle();

describe("an agent's request:", () => {
  test.each(requestCases.map(({ title, id, ...entry }) => [title, id, entry] as const))(
    "%s (%s)",
    async (_title, _id, { gets: [status, code, says], leaves, ...request }) => {
      const answer = await oracle.judge(() => send(request), {
        received: 0,
        recorded: "recorded" in leaves ? [leaves.recorded] : [],
        refused: "refused" in leaves ? [leaves.refused] : [],
        early: "early" in leaves ? [leaves.early] : [],
      });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([
        status,
        "application/json",
      ]);
      const { error, result } = JSON.parse(answer.text);
      // A denied call is a result that models read, everything else an error.
      expect(result === undefined ? error.code : 0).toBe(code);
      expect(result === undefined ? error.message : result.content[0].text).toContain(says);
    },
  );
});

async function send({ body, method = "POST", headers = {}, path = "" }: Partial<RequestCase>) {
  const { url, token, send: inSession } = oracle.target();
  const bytes =
    typeof body === "string" ? Buffer.from(body) : Buffer.from(body?.base64 ?? "", "base64");
  const response = await fetch(url + path, {
    method,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${token}`,
      "mcp-session-id": inSession.session,
      ...headers,
    },
    body: new Uint8Array(bytes),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
