import { AddressRefusal } from "./address-guard.ts";
import type { UpstreamFailure } from "./types.ts";

/** Carries a failure through code that reads a body; never leaves `proxy/upstream`. */
export class UpstreamTrouble extends Error {
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure) {
    super(failure.message);
    this.name = "UpstreamTrouble";
    this.failure = failure;
  }
}

/**
 * Turns whatever a socket, the TLS layer or the HTTP client reports into one of our failures.
 * The original text is not passed on: it can hold internal addresses and paths.
 */
export function transportFailure(
  error: unknown,
  bytesSent: boolean,
  host: string,
): UpstreamFailure {
  if (error instanceof UpstreamTrouble) return error.failure;
  if (error instanceof AddressRefusal) return { ...error.failure, bytesSent: false };
  const code = errorCode(error);
  const tls = tlsProblem(code);
  if (tls !== null) {
    const message = `The TLS connection to ${host} is not acceptable: ${tls.problem}.`;
    return { code: "tls", bytesSent, message, fix: tls.fix };
  }
  switch (code) {
    case "ECONNREFUSED":
      return {
        code: "refused",
        bytesSent,
        message: `Nothing answers on ${host}.`,
        fix: "Check the port, and that the server is running.",
      };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
    case "EACCES":
    case "EPERM":
      return {
        code: "unreachable",
        bytesSent,
        message: `There is no way from the proxy to ${host}.`,
        fix: "Check routes and firewalls between the proxy and the server.",
      };
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return {
        code: "timeout",
        bytesSent,
        message: `${host} did not accept a connection in time.`,
        fix: "Check the address, and routes and firewalls between the proxy and the server.",
      };
    case "UND_ERR_HEADERS_OVERFLOW":
      return {
        code: "too_large",
        bytesSent,
        message: `${host} sent more response headers than are accepted.`,
      };
    default:
      if (code.startsWith("HPE_")) {
        return { code: "not_mcp", bytesSent, message: `${host} does not speak HTTP on this port.` };
      }
      return {
        code: "closed",
        bytesSent,
        message: `${host} closed the connection before its answer was complete.`,
      };
  }
}

/** The code of an error, of its cause, or of the first error of a happy-eyeballs bundle. */
function errorCode(error: unknown): string {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; depth++) {
    if ("code" in current && typeof current.code === "string") {
      const wrapped = current.code === "UND_ERR_SOCKET" && current.cause instanceof Error;
      if (!wrapped) return current.code;
    }
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return "";
}

interface TlsProblem {
  problem: string;
  fix: string;
}

function tlsProblem(code: string): TlsProblem | null {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return {
        problem: "its certificate has expired",
        fix: "Renew the certificate on the server.",
      };
    case "CERT_NOT_YET_VALID":
      return {
        problem: "its certificate is not valid yet",
        fix: "Check the clocks of both machines.",
      };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return {
        problem: "its certificate is for another name",
        fix: "Check the host name in the URL, or replace the certificate on the server.",
      };
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return {
        problem: "its certificate is not signed by an authority the proxy trusts",
        fix:
          "Complete the certificate chain on the server. For an authority of your own, the operator " +
          "names its certificate in NODE_EXTRA_CA_CERTS.",
      };
    case "EPROTO":
      return {
        problem: "it does not speak TLS on this port, or only outdated versions",
        fix: "Check scheme and port of the URL.",
      };
    default:
      if (!/^(ERR_SSL_|ERR_TLS_|CERT_|CRL_|UNABLE_TO_)/.test(code)) return null;
      return {
        problem: `the handshake failed (${code})`,
        fix: "Check scheme and port of the URL.",
      };
  }
}
