import { floatOf, type Header, type TypedValue } from "#core/message/header.ts";

/** A value in one line of text, for comparing and for cutting; not for sending. */
export function valueText(value: TypedValue): string {
  switch (value.t) {
    case "void":
      return "∅";
    case "array":
      return `[${value.v.map(valueText).join(", ")}]`;
    case "table":
      return `{${value.v.map(headerLine).join(", ")}}`;
    case "float32":
    case "float64":
      return String(floatOf(value));
    case "decimal":
      return `${value.v}e-${value.scale}`;
    default:
      return String(value.v);
  }
}

/** A header in one line: `name: value`. */
export const headerLine = ({ name, value }: Header): string => `${name}: ${valueText(value)}`;
