import type { Outgoing } from "#core/message/raw.ts";
import { SYS_FLAG } from "./message.ts";

/** What a proxy takes by its defaults; source: ProxyConfig, GrpcValidator and SendMessageActivity of RocketMQ 5.3. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_PROPERTIES = 128;
const MAX_PROPERTIES_BYTES = 16 * 1024;
// eslint-disable-next-line no-control-regex -- the proxy refuses them
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** A sharding key asks for a FIFO topic there; the others are names that the proxy writes itself, and refuses. */
const RESERVED = /^(__|TIMER_|INNER_|TRAN|DLQ_ORIGIN_|[A-Z0-9_]+$)/;

/** Whether the proxy would store just this message: flag, compression, names of the system and large ones it can not carry. */
export function proxyCarries({ body, native }: Outgoing, properties: ReadonlyMap<string, string>): boolean {
  if (native.transport === "rocketmq" && (native.flag !== 0 || (native.sysFlag & SYS_FLAG.compressed) !== 0)) return false;
  if (body.length === 0 || body.length > MAX_BODY_BYTES || properties.size > MAX_PROPERTIES) return false;
  let bytes = 0;
  for (const [name, value] of properties) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (CONTROL.test(name) || CONTROL.test(value)) return false;
    if (name === "KEYS" && value.split(" ").some((key) => key.trim() === "")) return false;
    if (name === "TAGS" && (value.trim() === "" || value.includes("|"))) return false;
    if (name !== "KEYS" && name !== "TAGS" && RESERVED.test(name)) return false;
  }
  return bytes <= MAX_PROPERTIES_BYTES;
}
