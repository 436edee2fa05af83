import { parseArgs } from "node:util";
import { benchBrokers } from "./brokers.ts";
import { benchCapture } from "./capture.ts";
import { benchClaims } from "./claims.ts";
import { benchDeliver } from "./deliver.ts";
import { benchHanging } from "./hanging.ts";
import { benchResendBulk } from "./resend-bulk.ts";
import { benchResendOne } from "./resend-one.ts";
import { machine, openStand, type Stand } from "./stand.ts";

const USAGE = `npm run bench -- [capture] [resend-one] [resend-bulk] [brokers] [deliver] [claims] [hanging] [options]
     without a name all but brokers, which is run alone

  --rounds <n>   rounds that count, besides one to warm up (5)
  --count <n>    messages a round of capture, resend-bulk, brokers, deliver and hanging (10000)
  --kinds <a,b>  of brokers: only these kinds (all)
  --each <n>     resends a round of resend-one, ours and raw (100)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    count: { type: "string", default: "10000" },
    kinds: { type: "string", default: "" },
    each: { type: "string", default: "100" },
    help: { type: "boolean", default: false },
  },
});

function number(name: "rounds" | "count" | "each"): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} has to be a whole number above zero`);
}

const rounds = number("rounds");
const benches: Readonly<Record<string, (stand: Stand) => Promise<void>>> = {
  capture: (stand) => benchCapture(stand, { rounds, count: number("count") }),
  "resend-one": (stand) => benchResendOne(stand, { rounds, each: number("each") }),
  brokers: (stand) => benchBrokers(stand, { rounds, count: number("count"), kinds: values.kinds.split(",").filter((kind) => kind !== "") }),
  deliver: (stand) => benchDeliver(stand, { rounds, count: number("count") }),
  claims: (stand) => benchClaims(stand, { rounds }),
  hanging: (stand) => benchHanging(stand, { rounds, count: number("count") }),
  "resend-bulk": (stand) => benchResendBulk(stand, { rounds, count: number("count") }),
};

// the adapters that it opens in this process change amqplib, which the others measure as it is
const ALONE = "brokers";
const names = positionals.length === 0 ? Object.keys(benches).filter((name) => name !== ALONE) : positionals;
const unknown = names.find((name) => benches[name] === undefined);
const wrong = unknown !== undefined ? `there is no benchmark ${unknown}` : names.includes(ALONE) && names.length > 1 ? `${ALONE} is run alone` : null;
if (values.help || wrong !== null) {
  if (wrong !== null) console.error(`${wrong}\n`);
  console.log(USAGE);
  process.exitCode = wrong === null ? 0 : 2;
} else {
  await using stand = await openStand();
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine()}, Node ${process.versions.node}`);
  for (const name of names) await benches[name]?.(stand);
}
