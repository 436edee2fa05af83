const CODES = { unique: "23505", foreignKey: "23503" } as const;

/** Whether a failed statement broke this kind of constraint. */
export function violates(error: unknown, constraint: keyof typeof CODES): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === CODES[constraint];
}
