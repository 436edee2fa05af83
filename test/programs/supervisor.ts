// The real supervisor over stand-ins for web and workers: node supervisor.ts <home> <port>
import { stay } from "#cli/foreground.ts";
import { type Programs } from "#cli/programs.ts";
import { up } from "#cli/up.ts";
import { standIns } from "#test/supervisor.ts";

const [home = "", port = ""] = process.argv.slice(2);
const programs: Programs = standIns();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = await stay(say, async (signal) => {
  const running = await up({
    home, port: Number(port), databaseUrl: undefined, host: "127.0.0.1", publicUrl: undefined, secretKeyFile: undefined,
    authSecret: undefined, environment: {}, programs, dev: true, verbose: true, say, signal,
  }); // prettier-ignore
  say(`ready ${running.publicUrl} ${running.databaseUrl}`);
  return running;
});
