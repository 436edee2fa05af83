import { parseArgs } from "node:util";
import { benchCapture } from "./capture.ts";
import { machine, openStand } from "./stand.ts";

const USAGE = `npm run bench -- [capture] [--rounds 5] [--count 20000]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    count: { type: "string", default: "20000" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  await using stand = await openStand();
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine()}, Node ${process.versions.node}`);
  await benchCapture(stand, { rounds: Number(values.rounds), count: Number(values.count) });
}
