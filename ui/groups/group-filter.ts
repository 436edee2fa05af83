const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type GroupFilter = {
  source?: string;
  q?: string;
  settled?: boolean;
  sort: "last_seen" | "open";
  span: "1h" | "24h";
};

/** Reads the address; what is malformed is left out, so that a pasted link never breaks the page. */
export function groupFilterFrom(search: URLSearchParams): GroupFilter {
  const source = search.get("source") ?? "";
  const q = (search.get("q") ?? "").trim().slice(0, 200);
  return {
    ...(UUID.test(source) ? { source } : {}),
    ...(q === "" ? {} : { q }),
    ...(search.get("show") === "all" ? { settled: true } : {}),
    sort: search.get("sort") === "open" ? "open" : "last_seen",
    span: spanFrom(search),
  };
}

/** How far back trends look. */
export const spanFrom = (search: URLSearchParams): "1h" | "24h" => (search.get("span") === "1h" ? "1h" : "24h");
