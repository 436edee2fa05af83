import { z } from "zod";
import { Fault } from "#core/fault.ts";
import { memberOf, rootOf, stringOf } from "#core/json/read.ts";
import type { NatsNative } from "#core/message/native.ts";
import type { RawDeath } from "#core/message/raw.ts";
import type { Connection } from "./connection.ts";
import { decodeBlock } from "./header-block.ts";
import { deathOf, identityOf, type Delivery } from "./message.ts";

/** What an advisory says: which message of which stream was given up, by whom and why. */
type Advisory = Omit<NonNullable<NatsNative["advisory"]>, "sequence" | "message"> & {
  readonly stream: string;
  /** Decimal text: it may pass 2^53. */
  readonly sequence: string;
};

const KINDS: Readonly<Record<string, Advisory["kind"]>> = {
  "io.nats.jetstream.advisory.v1.max_deliver": "max_deliver",
  "io.nats.jetstream.advisory.v1.terminated": "terminated",
};
/** Of a stream, a consumer or a domain: it becomes a part of the API's subjects, and anyone may forge an advisory. */
const NAME = /^[^\s.*>\\/\0]{1,255}$/;
const MAX_DELIVERIES = 2 ** 53;

/** Reads an advisory, or null when the bytes are none. */
function advisoryOf(body: Uint8Array): Advisory | null {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const root = rootOf(text);
  if (root === null) return null;
  const word = (name: string): string | null => stringOf(text, memberOf(text, root, name));
  const digits = (name: string): string => {
    const span = memberOf(text, root, name);
    const written = span === null ? "" : text.slice(span.start, span.end);
    return /^\d{1,20}$/.test(written) ? written : "";
  };
  const kind = KINDS[word("type") ?? ""];
  const [stream, consumer, sequence, domain] = [word("stream"), word("consumer"), digits("stream_seq"), word("domain")];
  if (kind === undefined || stream === null || consumer === null || sequence === "") return null;
  if (!NAME.test(stream) || (domain !== null && domain !== "" && !NAME.test(domain))) return null;
  return {
    kind,
    id: word("id") ?? "",
    timestamp: word("timestamp") ?? "",
    stream,
    consumer,
    sequence,
    deliveries: Math.min(Number(digits("deliveries")), MAX_DELIVERIES),
    reason: word("reason"),
    domain: domain === "" ? null : domain,
  };
}

/**
 * The death an advisory tells of: the message itself where it can still be read, else an empty one that says why not.
 * What is no advisory is a message like any other. Throws Fault when the stream could not be asked: the advisory stays
 * where it is.
 */
export async function advisedDeath(connection: Connection, delivery: Delivery, keeper: string): Promise<RawDeath> {
  const advisory = advisoryOf(delivery.body);
  if (advisory === null) return deathOf(delivery, keeper);
  const { stream, sequence, ...told } = advisory;
  const found = await messageOf(connection, advisory);
  const message = typeof found === "string" ? null : found;
  return {
    identity: identityOf(keeper, delivery),
    body: message?.body ?? new Uint8Array(),
    headers: message?.headers ?? [],
    native: {
      transport: "nats",
      queue: keeper,
      stream,
      subject: message?.subject ?? null,
      sequence,
      time: message?.time ?? null,
      advisory: { ...told, sequence: String(delivery.sequence), message: typeof found === "string" ? found : "found" },
    },
  };
}

/** A domain that is out of reach must not hold up what all others announce; of one's own it is a Fault like any other. */
async function messageOf(connection: Connection, { stream, sequence, domain }: Advisory): Promise<Stored | "gone" | "unreadable"> {
  try {
    return (await messageAt(connection, stream, sequence, domain ?? connection.domain)) ?? "gone";
  } catch (error) {
    if (error instanceof Fault && error.code === "unsupported" && domain !== null && domain !== connection.domain) return "unreadable";
    throw error;
  }
}

const stored = z.object({
  message: z.object({ subject: z.string(), hdrs: z.string().default(""), data: z.string().default(""), time: z.string() }),
});

type Stored = Pick<RawDeath, "body" | "headers"> & { readonly subject: string; readonly time: string };

/**
 * One message of a stream, or null when message or stream are gone. It asks the stream's leader: a direct get may be
 * answered by a replica that is behind, whose "not found" would be taken for the end of the message. Throws Fault.
 */
export async function messageAt(connection: Connection, stream: string, sequence: string, domain = connection.domain): Promise<Stored | null> {
  const answer = await connection.ask(`STREAM.MSG.GET.${stream}`, `{"seq":${sequence}}`, domain).catch((error: unknown) => {
    if (error instanceof Fault && error.code === "not_found") return null;
    throw error;
  });
  if (answer === null) return null;
  const parsed = stored.safeParse(JSON.parse(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString("utf8")));
  if (!parsed.success) throw new Fault("internal", `the stream ${stream} answered in a way not known here`);
  const { subject, hdrs, data, time } = parsed.data.message;
  return { subject, time, headers: decodeBlock(Buffer.from(hdrs, "base64")), body: Buffer.from(data, "base64") };
}
