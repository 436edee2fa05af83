import { filterToSearch, messageFilter, searchToFilter, type MessageFilter } from "#core/message/filter.ts";
import { MESSAGE_STATES, type MessageState } from "#core/message/state.ts";

/** The states the list shows while nobody chose any: what waits for a person. */
const OPEN_STATES: readonly MessageState[] = ["dead", "in_doubt"];

/** What the address of the list says. */
export type ListAddress = {
  /** As chosen; without states where none were. */
  readonly chosen: MessageFilter;
  /** As asked for: with the states that hold when none were chosen. */
  readonly filter: MessageFilter;
  readonly order: "newest" | "oldest";
  /** The position after which the page begins; null for the first page. */
  readonly after: number | null;
  /** The message beside the list. */
  readonly id: string | null;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const positionOf = (text: string | null): number | null => {
  const position = Number(text ?? Number.NaN);
  return Number.isSafeInteger(position) && position >= 0 ? position : null;
};

/** The filter that holds where nobody chose states. */
export const withStates = (chosen: MessageFilter): MessageFilter => (chosen.state === undefined ? { ...chosen, state: [...OPEN_STATES] } : chosen);

/** Reads an address; what is malformed is left out. */
export function readAddress(search: URLSearchParams): ListAddress {
  const chosen = searchToFilter(search);
  const id = search.get("id");
  return {
    chosen,
    filter: withStates(chosen),
    order: search.get("order") === "oldest" ? "oldest" : "newest",
    after: positionOf(search.get("after")),
    id: id !== null && UUID.test(id) ? id : null,
  };
}

/** What to change in an address so that it says `filter`, from its first page on. */
export function filterPatch(filter: MessageFilter): Record<string, string | null> {
  const said = filterToSearch(filter);
  const fields = Object.keys(messageFilter.shape).map((field) => [field, said.get(field)] as const);
  return { ...Object.fromEntries(fields), after: null };
}

/** The states after a click on one of them; null when that is what holds anyway. */
export function toggledStates(filter: MessageFilter, state: MessageState): MessageState[] | null {
  const now = new Set(filter.state ?? OPEN_STATES);
  if (!now.delete(state)) now.add(state);
  const next = MESSAGE_STATES.filter((each) => now.has(each));
  const isUsual = next.length === OPEN_STATES.length && OPEN_STATES.every((each) => now.has(each));
  return next.length === 0 || isUsual ? null : next;
}

/** The address of one message that remembers the list it was opened from. */
export function messageHref(id: string, chosen: MessageFilter): string {
  const search = filterToSearch(chosen).toString();
  return search === "" ? `/messages/${id}` : `/messages/${id}?${search}`;
}

/** The list's question to the API: the page asks it ahead of the screen, and both must ask the same. */
export const listInput = ({ filter, order, after }: ListAddress) => ({ filter, order, ...(after === null ? {} : { cursor: after }) });

/** The counts' question: of every state, whichever are shown. */
export function countsInput(chosen: MessageFilter): MessageFilter {
  const { state: _, ...rest } = chosen;
  return rest;
}

/** The facets' question. */
export const facetsInput = ({ source, group }: MessageFilter) => ({
  ...(source === undefined ? {} : { source }),
  ...(group === undefined ? {} : { group }),
});
