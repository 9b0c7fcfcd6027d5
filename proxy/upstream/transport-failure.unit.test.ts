import { expect, it, test } from "vitest";
import { transportFailure } from "./transport-failure.ts";

const failed = (code: string) => Object.assign(new Error("at /srv/secret 10.0.0.7"), { code });

test.each([
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "unreachable"],
  ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
  ["CERT_HAS_EXPIRED", "tls"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls"],
  ["HPE_INVALID_CONSTANT", "not_mcp"],
  ["UND_ERR_HEADERS_OVERFLOW", "too_large"],
  ["ECONNRESET", "closed"],
  ["SOMETHING_NEW", "closed"],
])("ADV-142: %s is reported as %s, without the error's own text", (code, expected) => {
  const failure = transportFailure(failed(code), false, "mcp.example");
  expect(failure).toMatchObject({ code: expected, bytesSent: false });
  expect(JSON.stringify(failure)).not.toMatch(/secret|10\.0\.0\.7/);
});

it("finds the reason inside the errors that wrap it", () => {
  const bundle = new AggregateError([failed("ECONNREFUSED"), failed("EHOSTUNREACH")]);
  expect(transportFailure(bundle, false, "h").code).toBe("refused");
  const socket = Object.assign(new Error("x", { cause: failed("ECONNRESET") }), {
    code: "UND_ERR_SOCKET",
  });
  expect(transportFailure(socket, true, "h").code).toBe("closed");
});
