import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Networks that an operator opens although they are not public, such as `10.0.0.0/8`. */
export type AllowedNetworks = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[];

export type AddressFailure = { code: "dns" | "blocked_address"; message: string; fix: string };

export class AddressRefusal extends Error {
  readonly failure: AddressFailure;

  constructor(failure: AddressFailure) {
    super(failure.message);
    this.name = "AddressRefusal";
    this.failure = failure;
  }
}

/**
 * Parses CIDRs (`127.0.0.0/8`, `fd00::/8`) or single addresses.
 * @throws {RangeError} naming the entry that is neither
 */
export function parseAllowedNetworks(entries: readonly string[]): AllowedNetworks {
  return entries.map((entry) => {
    if (ipaddr.isValid(entry)) {
      const address = ipaddr.parse(entry);
      return [address, address.kind() === "ipv4" ? 32 : 128] as const;
    }
    if (!ipaddr.isValidCIDR(entry))
      throw new RangeError(`"${entry}" is not a network like 10.0.0.0/8.`);
    return ipaddr.parseCIDR(entry);
  });
}

export type AddressClass = "public" | "allowed" | "blocked";

/**
 * Whether an IP address may be connected to. Public means globally routable unicast (IPv4-mapped
 * IPv6 counts as its IPv4); everything else needs an allowed network. Unparseable is blocked.
 */
export function classifyAddress(address: string, allowed: AllowedNetworks): AddressClass {
  // A zone index ("fe80::1%eth0") only exists on link-local addresses, and isValid rejects some.
  if (!ipaddr.isValid(address)) return "blocked";
  const parsed = ipaddr.process(address);
  for (const [network, bits] of allowed) {
    if (network.kind() === parsed.kind() && parsed.match(network, bits)) return "allowed";
  }
  return isPublic(parsed) ? "public" : "blocked";
}

/**
 * Checks scheme and port of an upstream URL: https, or http for addresses the operator allows
 * (decided when they are known); ports 80 and 443 or above 1023, never a database or mail port.
 * @throws {AddressRefusal}
 */
export function checkUrl(url: URL): void {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw blocked(`${url.protocol}// URLs are never connected to.`, USE_HTTPS);
  }
  if (url.username !== "" || url.password !== "") {
    throw blocked(
      "The URL carries a user name or a password.",
      "Put credentials under Headers instead.",
    );
  }
  const port = url.port === "" ? 443 : Number(url.port);
  if ((port < 1024 && port !== 80 && port !== 443) || SERVICE_PORTS.has(port)) {
    throw blocked(
      `Port ${port} belongs to another kind of service and is never connected to.`,
      "Use the port of the MCP server itself.",
    );
  }
}

/** All addresses of a name; rejects when it has none. */
export type LookupAll = (host: string) => Promise<{ address: string }[]>;

export type ResolvedAddress = { address: string; family: 4 | 6 };

/**
 * Every address of a host name or IP literal, all of them checked: one blocked address refuses
 * the whole answer, so that a name with a public and a private record gains nothing.
 * @throws {AddressRefusal}
 */
export async function resolveHost(
  hostname: string,
  allowed: AllowedNetworks,
  requirePrivateNetwork: boolean,
  lookupAll: LookupAll = lookupInDns,
): Promise<ResolvedAddress[]> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await addressesOf(host, lookupAll) : [host];
  return addresses.map((address) => {
    const kind = classifyAddress(address, allowed);
    if (kind === "blocked") throw blockedAddress(host);
    if (kind === "public" && requirePrivateNetwork) throw plainHttp();
    return { address, family: isIP(address) === 6 ? 6 : 4 };
  });
}

/** The same text for every private target: it must not tell what is there. */
export function blockedAddress(host: string): AddressRefusal {
  return blocked(
    `${host} is a private, local or reserved address, which is never connected to.`,
    "If the server really is there, the operator adds its network to the allowed networks.",
  );
}

/** Plain http crosses only networks that an operator named. */
export function plainHttp(): AddressRefusal {
  return blocked("Plain http:// is only used inside networks the operator allowed.", USE_HTTPS);
}

const USE_HTTPS = "Use an https:// URL.";

/** Mail, file sharing, remote control and databases above the privileged range. */
const SERVICE_PORTS = new Set([
  1433, 1521, 2049, 2375, 2379, 3306, 3389, 5432, 5900, 5984, 6379, 6443, 9042, 9200, 9300, 10250,
  11211, 27017,
]);

/** ipaddr.js calls the unassigned rest of IPv6 unicast too; only 2000::/3 is global (RFC 4291). */
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");
/** A public-looking address that is the host's own management service in one large cloud. */
const CLOUD_HOST_SERVICE = "168.63.129.16";

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") return false;
  if (address.kind() === "ipv6") return address.match(GLOBAL_IPV6);
  return address.toString() !== CLOUD_HOST_SERVICE;
}

const lookupInDns: LookupAll = (host) => lookup(host, { all: true });

async function addressesOf(host: string, lookupAll: LookupAll): Promise<string[]> {
  try {
    const found = await lookupAll(host);
    if (found.length > 0) return found.map((entry) => entry.address);
  } catch {
    // Every resolver error means the same to the person who typed the name.
  }
  throw new AddressRefusal({
    code: "dns",
    message: `The name ${host} has no address.`,
    fix: "Check the spelling, and that the machine of the proxy can resolve the name.",
  });
}

function blocked(message: string, fix: string): AddressRefusal {
  return new AddressRefusal({ code: "blocked_address", message, fix });
}
