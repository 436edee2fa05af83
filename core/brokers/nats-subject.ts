const CHARACTERS = /^[^\s\0]{1,1024}$/;
/** Orders to the server, not places for messages: a body sent there could delete a stream. */
const ORDERS = /^\$(JS|SYS)\./;

/** Whether a text is a subject to publish to: tokens parted by dots, none of them empty or a wildcard. */
export const isSubject = (text: string): boolean => CHARACTERS.test(text) && text.split(".").every((token) => token !== "" && token !== "*" && token !== ">");

/** Whether the server itself acts on what is published there. */
export const isOrder = (subject: string): boolean => ORDERS.test(subject);

/**
 * Whether a text is a subject to listen to: `*` stands for one token, a last `>` for all that follow. It has to begin with a word of
 * the user's own: beyond that lie the server's own traffic and the inboxes of every client, Redrive's among them.
 */
export function isListenable(text: string): boolean {
  const tokens = text.split(".");
  const whole = CHARACTERS.test(text) && tokens.every((token, at) => token !== "" && (token !== ">" || at === tokens.length - 1));
  return whole && !/^(\*|>|_INBOX|\$)/.test(text);
}

/** Whether every subject that `subject` matches is matched by `pattern` too. */
export function covers(pattern: string, subject: string): boolean {
  const [patterns, subjects] = [pattern.split("."), subject.split(".")];
  for (const [at, token] of subjects.entries()) {
    if (patterns[at] === ">") return true;
    if (patterns[at] !== token && (patterns[at] !== "*" || token === ">")) return false;
  }
  return patterns.length === subjects.length;
}
