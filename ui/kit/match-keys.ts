type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/**
 * Whether the pressed key completes `keys` (see Shortcut.keys). `prefix` is the key pressed just before, or null.
 * Shift counts only where it is named or part of the character itself, so that `?` works on every layout.
 */
export function matchKeys(keys: string, pressed: Pressed, prefix: string | null): boolean {
  if (pressed.altKey) return false;
  const sequence = /^(\S+) (\S+)$/.exec(keys);
  if (sequence) return prefix === sequence[1] && matchKeys(sequence[2] ?? "", pressed, null);
  const parts = keys.split("+");
  const key = parts.at(-1) ?? "";
  const mod = parts.includes("mod");
  if (mod !== (pressed.ctrlKey || pressed.metaKey)) return false;
  const shift = parts.includes("shift");
  if (shift && !pressed.shiftKey) return false;
  if (!shift && pressed.shiftKey && (key.length > 1 || mod)) return false;
  return (shift || mod ? pressed.key.toLowerCase() : pressed.key) === key;
}
