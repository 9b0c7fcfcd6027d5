// Bad input: an exact answer that says what to do, and nothing forwarded. Ids in the titles are
// those of the adversarial catalogue.
import { describe, expect, test } from "vitest";
import { revokeAgent } from "#lib/agents/agents.ts";
import { newAgentToken } from "#lib/auth/tokens.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { callBody, post } from "#proxy/testing/harness.ts";
import { expectRefusal, setUpProbe } from "#proxy/testing/probe.ts";

const probe = setUpProbe();

describe("a token, session or revision that is not good", () => {
  const unauthenticated = {
    code: 401,
    message: expect.stringContaining("missing, malformed, expired or revoked"),
  };

  test.each<[string, () => Promise<string | null> | string | null]>([
    ["no token", () => null],
    ["a token of another product", () => "ghp_0123456789abcdefghijklmnopqrstuvwxyzABCD"],
    [
      "a token with one changed character",
      () => probe().server.agent.token.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ],
    ["a token cut short", () => probe().server.agent.token.slice(0, -1)],
    ["a well-formed token nobody issued", () => newAgentToken().token],
    [
      "an expired token",
      async () =>
        (
          await makeAgent(probe().server.context, {
            servers: [probe().server.server],
            expiresAt: new Date(Date.now() - 1000),
          })
        ).token,
    ],
    [
      "a revoked token",
      async () => {
        const agent = await makeAgent(probe().server.context, { servers: [probe().server.server] });
        await revokeAgent(probe().server.context, { agent: agent.name });
        return agent.token;
      },
    ],
  ])("%s: 401 with a challenge that names no login", async (name, token) => {
    const answer = await post(probe().server.url, await token(), callBody("get"));
    expectRefusal(answer, 401, unauthenticated);
    // Only what was sent can be invalid (RFC 6750, section 3.1).
    const isBare = answer.headers.get("www-authenticate") === 'Bearer realm="callgate"';
    expect(isBare).toBe(name === "no token");
  });

  test.each<[string, string, Record<string, string>]>([
    ["in a cookie", "", { cookie: "token=TOKEN" }],
    ["in another header", "", { "x-api-key": "TOKEN" }],
    ["as the session", "", { "mcp-session-id": "TOKEN" }],
    ["with another scheme", "", { authorization: "Basic TOKEN" }],
    ["without a scheme", "", { authorization: "TOKEN" }],
    ["twice in one header", "", { authorization: "Bearer TOKEN, Bearer TOKEN" }],
  ])("a token %s is no token (ADV-117)", async (_, query, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replaceAll("TOKEN", probe().server.agent.token),
      ]),
    );
    const url = probe().server.url + query.replace("TOKEN", probe().server.agent.token);
    expectRefusal(await post(url, null, callBody("get"), filled), 401, unauthenticated);
  });

  test.each<[string, Record<string, string>]>([
    [
      "forged identity headers",
      {
        "x-middleware-subrequest": "1",
        "x-tenant-id": "t",
        "x-user-id": "u",
        "x-mcp-authorized": "true",
        "router-key": "secret-api-key",
        "mcp-init-host": "x",
      },
    ],
    ["a forged client address", { "x-forwarded-for": "127.0.0.1", forwarded: "for=127.0.0.1" }],
  ])("%s are worth nothing (ADV-042)", async (_, headers) => {
    expectRefusal(
      await post(probe().server.url, null, callBody("get"), headers),
      401,
      unauthenticated,
    );
  });

  test.each([
    "0",
    "not-a-session",
    "../../x",
    "00000000-0000-0000-0000-000000000000",
    "' or 1=1 --",
  ])("the session id %j is not found", async (session) => {
    const answer = await probe().send(callBody("get"), { "mcp-session-id": session });
    expectRefusal(answer, 404, { code: -32001, message: "Session not found" });
  });

  test.each(["2026-07-28", "2099-01-01"])(
    "revision %j without what its requests carry is refused, and what is missing is named",
    async (revision) => {
      const message = `MCP-Protocol-Version names ${revision}, but params._meta lacks: _meta.`;
      const answer = await probe().send(callBody("get"), { "mcp-protocol-version": revision });
      expectRefusal(answer, 400, { code: -32602, message }, 1);
    },
  );

  test.each(["latest", "1"])(
    "protocol revision %j is refused with those that work",
    async (revision) => {
      const message =
        "Unsupported protocol version (supported versions: 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25)";
      const answer = await probe().send(callBody("get"), { "mcp-protocol-version": revision });
      expectRefusal(answer, 400, { code: -32000, message }, 1);
    },
  );
});
