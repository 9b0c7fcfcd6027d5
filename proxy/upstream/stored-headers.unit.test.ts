import { constants } from "node:http2";
import { expect, test } from "vitest";
import { HeaderName } from "#lib/servers/schema.ts";
import { checkStoredHeaders } from "./http-headers.ts";

// The web process and the proxy judge on their own; a name that only one of them refuses could be
// stored and then fail every call, or steer the connection.
test("the proxy refuses exactly the header names that the form refuses", () => {
  const registered = Object.entries(constants)
    .filter(([name]) => name.startsWith("HTTP2_HEADER_"))
    .map(([, value]) => String(value));
  const names = [
    ...registered,
    ...["last-event-id", "mcp-session-id", "mcp-name", "proxy-connection", "x-forwarded-for"],
    ...["trailer", "x-api-key", "mcp", "forwarded", "with space", "colon:"],
  ];
  const refusedByForm = names.filter((name) => !HeaderName.safeParse(name).success);
  expect(names.filter(refusedByProxy)).toEqual(refusedByForm);
  expect(refusedByForm.length).toBeGreaterThan(14);
  expect(refusedByForm.length).toBeLessThan(names.length / 2);
});

function refusedByProxy(name: string): boolean {
  try {
    checkStoredHeaders({ [name]: "value" });
    return false;
  } catch {
    return true;
  }
}
