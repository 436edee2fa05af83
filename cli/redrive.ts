import { resolve } from "node:path";
import { Command } from "commander";
import { isFree } from "#db/embedded/index.ts";
import { migrate } from "#db/migrate.ts";
import { checkConfig } from "./config/check.ts";
import { recordInstallation } from "./config/record.ts";
import { demoInstallation } from "./demo/installation.ts";
import { doctor } from "./doctor.ts";
import { type CliEnv, demoHome, env, ROOT } from "./env.ts";
import { demoOwner, setupLink } from "./first-owner.ts";
import { runOne, stay } from "./foreground.ts";
import { authSecret, secretKey } from "./installation.ts";
import { realPrograms, withTraffic } from "./programs.ts";
import { type Running, up, type UpOptions } from "./up.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type UpFlags = { port?: string; host?: string; verbose?: boolean; databaseUrl?: string };

function optionsOf(from: CliEnv, flags: UpFlags, signal: AbortSignal): UpOptions {
  return {
    home: from.home,
    databaseUrl: flags.databaseUrl ?? from.databaseUrl,
    host: flags.host ?? from.host,
    port: flags.port === undefined ? from.port : Number(flags.port),
    publicUrl: from.publicUrl,
    secretKeyFile: from.secretKeyFile,
    authSecret: from.authSecret,
    environment: from.all,
    programs: realPrograms,
    dev: false,
    verbose: flags.verbose ?? false,
    say,
    signal,
  };
}

function announce(running: Running, lines: readonly string[]): void {
  say("");
  for (const line of [`Redrive is ready at ${running.publicUrl}`, ...lines, "Ctrl-C stops everything."]) say(`  ${line}`);
  say("");
}

async function start(flags: UpFlags, dev: boolean): Promise<number> {
  const from = env();
  const { fine, config } = checkConfig(from, say, { mayBeAbsent: true });
  if (!fine) return 1;
  return stay(say, async (signal) => {
    const options = optionsOf(from, flags, signal);
    const environment = dev ? { REDRIVE_PRIVATE_DESTINATIONS: "allow", ...options.environment } : options.environment;
    const running = await up({ ...options, environment, ...(config && { config }), dev });
    announce(running, await setupLink(running.databaseUrl, running.publicUrl));
    return running;
  });
}

async function demo(flags: UpFlags): Promise<number> {
  const from = env();
  const home = demoHome(from);
  // Sample traffic does not belong in a database that happens to be named in the environment.
  if (from.databaseUrl !== undefined && flags.databaseUrl === undefined) {
    say("DATABASE_URL is set and not used: the demo keeps to its embedded database (--database-url names another one)");
  }
  return stay(say, async (signal) => {
    const options = optionsOf({ ...from, databaseUrl: undefined, home }, flags, signal);
    // the sample routes deliver to this machine
    const environment = { REDRIVE_PRIVATE_DESTINATIONS: "127.0.0.0/8", ...options.environment };
    const running = await up({ ...options, environment, config: demoInstallation, programs: withTraffic(realPrograms) });
    announce(running, await demoOwner(running.databaseUrl, home));
    return running;
  });
}

/** What a half that runs alone needs, beside others on the same database. */
function alone(flags: UpFlags) {
  const from = env();
  const { databaseUrl, host, port, publicUrl } = optionsOf(from, flags, new AbortController().signal);
  if (databaseUrl === undefined) throw new Error("Set DATABASE_URL: web and workers meet in a database that both can reach.");
  return { from, launch: { databaseUrl, host, port, publicUrl: publicUrl ?? `http://localhost:${port}`, environment: from.all, dev: false } };
}

async function web(flags: UpFlags): Promise<number> {
  const { from, launch } = alone(flags);
  if (!(await isFree(launch.port, launch.host))) throw new Error(`Port ${launch.port} on ${launch.host} is taken, or that is no address of this machine.`);
  const program = realPrograms.web({ ...launch, authSecret: await authSecret(from.home, from.authSecret) });
  for (const line of await setupLink(launch.databaseUrl, launch.publicUrl)) say(line);
  return runOne(program);
}

async function workers(flags: UpFlags): Promise<number> {
  const { from, launch } = alone(flags);
  return runOne(realPrograms.workers({ ...launch, secretKeyFile: await secretKey(from.home, from.secretKeyFile) }));
}

async function prepare(): Promise<number> {
  const { from, launch } = alone({});
  const { fine, config } = checkConfig(from, say, { mayBeAbsent: true });
  if (!fine) return 1;
  await migrate(launch.databaseUrl);
  await recordInstallation(launch.databaseUrl, await secretKey(from.home, from.secretKeyFile), config, say);
  say("The database is ready for web and workers.");
  return 0;
}

const program = new Command("redrive").description("One console for the dead letters of every message broker").showHelpAfterError();

const upCommand = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option("-p, --port <port>", "port of the web (another free one is taken where it is in use)")
    .option("-H, --host <address>", "address the web listens on")
    .option("--database-url <url>", "PostgreSQL to use in place of the embedded one")
    .option("-v, --verbose", "show every line of web and workers");

const finish = (code: number): void => {
  process.exitCode = code;
};

upCommand("up", "start PostgreSQL, web and workers").action(async (flags: UpFlags) => finish(await start(flags, false)));
upCommand("dev", "the same with reloading sources").action(async (flags: UpFlags) => finish(await start(flags, true)));
upCommand("demo", "the same with sample traffic and an owner to sign in as").action(async (flags: UpFlags) => finish(await demo(flags)));

upCommand("web", "the web alone, built before").action(async (flags: UpFlags) => finish(await web(flags)));
upCommand("workers", "one more workers process alone").action(async (flags: UpFlags) => finish(await workers(flags)));

program
  .command("prepare")
  .description("before web and workers are started apart: schema, keys, redrive.yaml")
  .action(async () => finish(await prepare()));

program
  .command("migrate")
  .description("bring the database in DATABASE_URL to this version's schema")
  .action(async () => {
    const { databaseUrl } = env();
    if (databaseUrl === undefined) throw new Error("Set DATABASE_URL (the embedded database is migrated by `npm start`).");
    await migrate(databaseUrl);
    say("The schema is up to date.");
  });

program
  .command("config")
  .description("check redrive.yaml (or another file) and say what is wrong, and where")
  .argument("[file]")
  .action((file: string | undefined) => {
    const from = env();
    const checked = file === undefined ? from : { ...from, configFile: resolve(file) };
    finish(checkConfig(checked, say, { mayBeAbsent: false }).fine ? 0 : 1);
  });

program
  .command("doctor")
  .description("look at this machine: Node, database, ports, brokers nearby")
  .action(async () => finish((await doctor(env(), ROOT, say)) ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
