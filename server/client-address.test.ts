import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { clientAddress, peerHeader, stampPeers, trustedProxies } from "./client-address.ts";

const none = trustedProxies("");
const proxies = trustedProxies("10.0.0.0/8, 127.0.0.1, 2001:db8:ffff::/48");

function from(peer: string, forwarded?: string): Headers {
  return new Headers({ ...peerHeader(peer), ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }) });
}

test("a forwarded address of an untrusted peer is not believed", () => {
  expect(clientAddress(from("203.0.113.9", "1.2.3.4"), none)).toBe("203.0.113.9");
  expect(clientAddress(from("203.0.113.9", "1.2.3.4"), proxies)).toBe("203.0.113.9");
});

test("a trusted proxy's chain is read from the right, so that a client can not put an address in front", () => {
  expect(clientAddress(from("10.1.1.1", "6.6.6.6, 198.51.100.7, 10.2.2.2"), proxies)).toBe("198.51.100.7");
  expect(clientAddress(from("::ffff:127.0.0.1", "198.51.100.7"), proxies)).toBe("198.51.100.7");
  expect(clientAddress(from("10.1.1.1", "nonsense"), proxies)).toBe("10.1.1.1");
  expect(clientAddress(from("10.1.1.1"), proxies)).toBe("10.1.1.1");
});

test("IPv6 counts by its /64 in every spelling, and IPv4 in IPv6 as IPv4", () => {
  expect(clientAddress(from("2001:DB8:0:1:aaaa::1"), none)).toBe("2001:db8:0:1::/64");
  expect(clientAddress(from("2001:db8::1:ffff:0:0:2"), none)).toBe("2001:db8:0:1::/64");
  expect(clientAddress(from("::1"), none)).toBe("::1");
  expect(clientAddress(from("fe80::1%eth0"), none)).toBe("fe80::/64");
  expect(clientAddress(from("::ffff:203.0.113.9"), none)).toBe("203.0.113.9");
});

test("without the mark the peer is unknown: a client can not name itself", () => {
  expect(clientAddress(new Headers({ "x-redrive-peer": "guess 1.2.3.4", "x-forwarded-for": "1.2.3.4" }), proxies)).toBe("unknown");
});

test.each(["10.0.0.0/33", "host.example", "10.0.0.1/8/8", "::1/129", "10.0.0.0/x"])("refuses the proxy %s", (text) => {
  expect(() => trustedProxies(text)).toThrow("REDRIVE_TRUSTED_PROXIES");
});

test("a real server's request carries its peer, whatever the client says", async () => {
  stampPeers();
  const server = createServer((incoming, outgoing) => {
    outgoing.end(clientAddress(new Headers(incoming.headers as Record<string, string>), none));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const body = await new Promise<string>((resolve, reject) => {
      request({ port, host: "127.0.0.1", headers: { "x-redrive-peer": "x 9.9.9.9", "x-forwarded-for": "8.8.8.8" } }, (answer) => {
        answer.setEncoding("utf8").on("data", resolve);
      })
        .on("error", reject)
        .end();
    });
    expect(body).toBe("127.0.0.1");
  } finally {
    server.close();
  }
});
