/** How many a list shows at first, and how many more at a time. */
export const FIRST_QUEUES = 100;
/** The most queues one list shows; beyond it the search narrows. */
export const COUNT_OF_QUEUES = 1_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type QueueFilter = { connection?: string; deadLetter?: boolean; q?: string; sort: "depth" | "name" };

/** Reads the address; what is malformed is left out, so that a pasted link never breaks the page. */
export function queueFilterFrom(search: URLSearchParams): QueueFilter {
  const connection = search.get("connection") ?? "";
  const q = (search.get("q") ?? "").trim().slice(0, 200);
  return {
    ...(UUID.test(connection) ? { connection } : {}),
    ...(search.get("dlq") === "1" ? { deadLetter: true } : {}),
    ...(q === "" ? {} : { q }),
    sort: search.get("sort") === "name" ? "name" : "depth",
  };
}

/** Whether anything narrows the list. */
export const isNarrowed = (filter: QueueFilter): boolean => Object.keys(filter).some((field) => field !== "sort");
