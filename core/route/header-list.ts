import { TemplateError } from "./template.ts";

// eslint-disable-next-line no-control-regex -- these are what a header must not hold
const CONTROL = /[\0-\u0008\u000A-\u001F\u007F]/;

/** Whether a text would end a header, or begin another. */
export const holdsControl = (value: string): boolean => CONTROL.test(value);

/** One header of a request; `value` throws where it can not be made. */
export type HeaderPart = { readonly name: string; value(): string };

/** Names in any case, order kept, values checked when they are made. */
export class HeaderList {
  readonly #parts = new Map<string, HeaderPart[]>();

  set(name: string, value: () => string): void {
    this.remove(name);
    this.add(name, value);
  }

  add(name: string, value: () => string): void {
    const entry = this.#parts.get(name.toLowerCase()) ?? [];
    // of a name that repeats, the first spelling stays
    entry.push({ name: entry[0]?.name ?? name, value: () => oneLine(name, value()) });
    this.#parts.set(name.toLowerCase(), entry);
  }

  remove(name: string): void {
    this.#parts.delete(name.toLowerCase());
  }

  parts(): HeaderPart[] {
    return [...this.#parts.values()].flat();
  }
}

function oneLine(name: string, value: string): string {
  // a line break would begin a header, or a request, of the message's making
  if (holdsControl(value)) throw new TemplateError(`header ${name} would hold a line break or another control character`);
  return value;
}
