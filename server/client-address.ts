import { subscribe } from "node:diagnostics_channel";
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4 } from "node:net";

const PEER = "x-redrive-peer";

// Next hands route handlers no socket. The HTTP server's own event writes the peer's address into a header together
// with this mark, which no client knows; on globalThis because each route bundle has its own copy of this module.
const holder = globalThis as typeof globalThis & { redrivePeerMark?: string };
const mark = (): string => (holder.redrivePeerMark ??= randomBytes(16).toString("hex"));

/** From now on every request of this process carries the address of its peer. Call once, before listening. */
export function stampPeers(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[PEER] = `${mark()} ${request.socket.remoteAddress ?? ""}`;
  });
}

/** What `stampPeers` writes; for tests, which have no server. */
export const peerHeader = (address: string): Record<string, string> => ({ [PEER]: `${mark()} ${address}` });

/** Parses comma-separated addresses and networks (`10.0.0.0/8, ::1`). Throws on what is neither. */
export function trustedProxies(text: string): BlockList {
  const list = new BlockList();
  for (const entry of text.split(",").map((each) => each.trim()).filter((each) => each !== "")) {
    const [address = "", prefix, ...more] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const bits = prefix === undefined ? (family === "ipv6" ? 128 : 32) : Number(prefix);
    if (isIP(address) === 0 || more.length > 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === "ipv6" ? 128 : 32))
      throw new Error(`REDRIVE_TRUSTED_PROXIES: ${JSON.stringify(entry)} is neither an address nor a network`);
    list.addSubnet(address, bits, family);
  }
  return list;
}

/**
 * Who asks, as a key for rate limits: an IPv4 address or the /64 of an IPv6 address; "unknown" when the peer is not
 * known. X-Forwarded-For counts only from trusted peers, read from the right up to the first hop that is not trusted.
 */
export function clientAddress(headers: Headers, trusted: BlockList): string {
  const [known, peer = ""] = (headers.get(PEER) ?? "").split(" ");
  if (known !== mark() || isIP(bare(peer)) === 0) return "unknown";
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  let at = bare(peer);
  while (isTrusted(trusted, at)) {
    const before = bare(hops.pop() ?? "");
    if (isIP(before) === 0) break;
    at = before;
  }
  return network(at);
}

const isTrusted = (trusted: BlockList, address: string): boolean => trusted.check(address, isIPv4(address) ? "ipv4" : "ipv6");

/** Without zone, and an IPv4 address that travels as IPv6 as what it is. */
function bare(address: string): string {
  const [plain = ""] = address.toLowerCase().split("%");
  const mapped = /^::ffff:([\d.]+)$/.exec(plain)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : plain;
}

function network(address: string): string {
  if (isIPv4(address) || address === "::1") return address;
  // the URL parser writes every spelling of an IPv6 address the same way
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right = ""] = canonical.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  const gap = canonical.includes("::") ? 8 - head.length - tail.length : 0;
  const groups = [...head, ...Array<string>(gap).fill("0"), ...tail];
  const [prefix = ""] = new URL(`http://[${groups.slice(0, 4).join(":")}::]`).hostname.slice(1).split("]");
  return `${prefix}/64`;
}
