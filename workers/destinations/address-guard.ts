import { lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";
import { ConfigurationError } from "#core/route/configuration-error.ts";

/** An address that is not public and not allowed. */
export class AddressRefused extends Error {
  readonly code = "ADDRESS_REFUSED";
  constructor(message: string) {
    super(message);
    this.name = "AddressRefused";
  }
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

const cidrs = (...blocks: string[]): Cidr[] => blocks.map((block) => ipaddr.parseCIDR(block));

/** Refused whatever is allowed: they lead to this machine by another name, to many, or to a cloud's metadata (credentials). */
const ALWAYS = cidrs(
  "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "::/128", "fe80::/10", "ff00::/8",
  "100.100.100.200/32", // Alibaba Cloud
  "168.63.129.16/32", // Azure's wire server, in a public range
  "192.0.0.192/32", // Oracle Cloud
  "fd00:ec2::254/128", // AWS
  "fd20:ce::254/128", // Google Cloud
); // prettier-ignore
/** The only block of which IPv6 addresses are given out for the public (RFC 4291). */
const PUBLIC_V6 = cidrs("2000::/3");
/** IPv6 blocks that carry an IPv4 address, and at which byte: a translator would lead there. */
const CARRIERS: readonly (readonly [Cidr, number])[] = [...cidrs("64:ff9b::/96", "64:ff9b:1::/48", "::/96").map((block) => [block, 12] as const), ...cidrs("2002::/16").map((block) => [block, 2] as const)];

/** What nobody speaks HTTP on: mail, shells, databases, caches. */
const REFUSED_PORTS: ReadonlySet<number> = new Set([0, 21, 22, 23, 25, 53, 110, 143, 389, 445, 465, 587, 636, 993, 995, 3306, 3389, 5432, 6379, 11211, 27017]);

/** Why an address must not be connected to, or null. */
export type AddressRule = (address: string) => string | null;

/** The private addresses that whoever runs the workers lets routes name. */
export type PrivateCap = readonly Cidr[];

/** Reads REDRIVE_PRIVATE_DESTINATIONS: `allow`, `deny`, or CIDR blocks parted by commas. Throws ConfigurationError for what is no block. */
export function privateCap(text: string): PrivateCap {
  if (text === "deny") return [];
  const blocks = text === "allow" ? ["0.0.0.0/0", "::/0"] : text.split(",").map((block) => block.trim());
  return blocks.map((block) => cidrOf(block, "REDRIVE_PRIVATE_DESTINATIONS"));
}

/**
 * Public unicast addresses pass, and those that are both in `allowPrivate` (CIDR blocks) and in `cap`: a route's admin names them, who runs
 * the workers lets them be named. Link-local addresses, clouds' metadata services, multicast and 0.0.0.0 never pass. IPv4 in IPv6's
 * clothes is judged as IPv4. Throws ConfigurationError for what is no block.
 */
export function addressRule(allowPrivate: readonly string[], cap: PrivateCap): AddressRule {
  const allowed = allowPrivate.map((block) => cidrOf(block, "allowPrivate"));
  return (text) => {
    if (isIP(text) === 0) return "is no address";
    const address = ipaddr.process(text);
    const carried = carriedBy(address);
    if (isIn(address, ALWAYS) || (carried !== null && isIn(carried, ALWAYS))) return "is never allowed";
    if (isPublic(address)) return null;
    if (!isIn(address, allowed)) return "is not public";
    return isIn(address, cap) ? null : "is not public, and REDRIVE_PRIVATE_DESTINATIONS of the workers does not allow it";
  };
}

const isPublic = (address: Address): boolean => address.range() === "unicast" && (address.kind() === "ipv4" || isIn(address, PUBLIC_V6));

const isIn = (address: Address, blocks: readonly Cidr[]): boolean => blocks.some(([block, bits]) => block.kind() === address.kind() && address.match(block, bits));

function carriedBy(address: Address): ipaddr.IPv4 | null {
  // ::1 and :: are not 0.0.0.1 and 0.0.0.0
  if (address.range() === "loopback" || address.range() === "unspecified") return null;
  const carrier = CARRIERS.find(([block]) => isIn(address, [block]));
  return carrier === undefined ? null : new ipaddr.IPv4(address.toByteArray().slice(carrier[1], carrier[1] + 4));
}

function cidrOf(block: string, named: string): Cidr {
  try {
    const [address, bits] = ipaddr.parseCIDR(block);
    if (!(address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())) return [address, bits];
    if (bits >= 96) return [address.toIPv4Address(), bits - 96];
  } catch {
    // told below
  }
  throw new ConfigurationError(`${named}: ${block} is no CIDR block such as 10.20.0.0/16`);
}

/**
 * undici's connector, guarded where it counts: on the address that is connected to. Names are resolved once, to those of
 * their addresses that may be reached; the socket's own remote address is judged again before a byte is sent.
 */
export function guardedConnector(rule: AddressRule, { timeoutMs }: { readonly timeoutMs: number }): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(rule), timeout: timeoutMs, allowH2: false });
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    const port = Number(options.port || (options.protocol === "https:" ? 443 : 80));
    if (REFUSED_PORTS.has(port)) return done(new AddressRefused(`port ${port} is not one of HTTP`), null);
    const why = isIP(host) === 0 ? null : rule(host);
    if (why !== null) return done(new AddressRefused(`${host} ${why}`), null);
    return connect(options, (...[error, socket]) => {
      if (error !== null) return done(error, null);
      const reached = socket.remoteAddress;
      const refused = reached === undefined ? null : rule(reached);
      if (reached !== undefined && refused === null) return done(null, socket);
      socket.destroy();
      return done(refused === null ? Object.assign(new Error("closed at once"), { code: "ECONNRESET" }) : new AddressRefused(`${host} led to ${reached}, which ${refused}`), null);
    });
  };
}

function guardedLookup(rule: AddressRule): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, "", 0);
      const reachable = found.filter(({ address }) => rule(address) === null);
      const [first] = reachable;
      if (first === undefined) return done(new AddressRefused(refusal(hostname, found[0]?.address, rule)), "", 0);
      return options.all === true ? done(null, reachable) : done(null, first.address, first.family);
    });
  };
}

const refusal = (hostname: string, address: string | undefined, rule: AddressRule): string =>
  address === undefined ? `${hostname} has no address` : `${hostname} is ${address}, which ${rule(address) ?? "is refused"}`;
