/** What `http://:token@host:port` says: the web service, its WebSocket API, and the token, which belongs into a header and no URL. */
export function pulsarAddress(url: string): { readonly web: string; readonly webSocket: string; readonly token: string; readonly headers: Readonly<Record<string, string>> } {
  const address = new URL(url);
  const token = decodeURIComponent(address.password);
  address.username = "";
  address.password = "";
  const web = address.href.replace(/\/+$/, "");
  return { web, webSocket: web.replace(/^http/, "ws"), token, headers: token === "" ? {} : { authorization: `Bearer ${token}` } };
}
