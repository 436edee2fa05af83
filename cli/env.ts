import { join, resolve } from "node:path";

/** What the command line takes from its environment; docs/configuration.md describes each name. */
export type CliEnv = {
  /** DATABASE_URL; absent: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** REDRIVE_HOME: data, keys and stamps of this installation. */
  readonly home: string;
  /** REDRIVE_CONFIG. */
  readonly configFile: string;
  /** REDRIVE_HOST: where the web listens. */
  readonly host: string;
  /** REDRIVE_PORT (or PORT): the web's wished port. */
  readonly port: number;
  /** REDRIVE_PUBLIC_URL; absent: http://localhost and the port that was got. */
  readonly publicUrl: string | undefined;
  /** REDRIVE_SECRET_KEY_FILE: opens sealed broker secrets; absent: made below `home`. */
  readonly secretKeyFile: string | undefined;
  /** REDRIVE_AUTH_SECRET: signs sessions; absent: made below `home`. */
  readonly authSecret: string | undefined;
  readonly ci: boolean;
  /** CHROMIUM_PATH: the browser of the end-to-end tests. */
  readonly chromiumPath: string | undefined;
  /** Everything, for `${NAME}` in redrive.yaml and for children. */
  readonly all: Readonly<Record<string, string | undefined>>;
};

/** The folder of the clone. */
export const ROOT = resolve(import.meta.dirname, "..");

const FIRST_PORT = 3000;

/** Reads the variables; throws with the variable's name where one cannot be meant. */
export function readEnv(all: Readonly<Record<string, string | undefined>>): CliEnv {
  const text = (name: string): string | undefined => {
    const value = all[name]?.trim();
    return value === "" ? undefined : value;
  };
  return {
    databaseUrl: text("DATABASE_URL"),
    home: resolve(ROOT, text("REDRIVE_HOME") ?? ".redrive"),
    configFile: resolve(ROOT, text("REDRIVE_CONFIG") ?? "redrive.yaml"),
    host: text("REDRIVE_HOST") ?? "127.0.0.1",
    port: portOf("REDRIVE_PORT", text("REDRIVE_PORT")) ?? portOf("PORT", text("PORT")) ?? FIRST_PORT,
    publicUrl: text("REDRIVE_PUBLIC_URL"),
    secretKeyFile: text("REDRIVE_SECRET_KEY_FILE"),
    authSecret: text("REDRIVE_AUTH_SECRET"),
    ci: ["1", "true"].includes(text("CI")?.toLowerCase() ?? ""),
    chromiumPath: text("CHROMIUM_PATH"),
    all,
  };
}

/** Where `redrive demo` keeps its own data, apart from those of `npm start`. */
export const demoHome = (env: CliEnv): string => join(env.home, "demo");

/** This process's environment. */
export const env = (): CliEnv => readEnv(process.env);

function portOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${name} is ${JSON.stringify(value)}; it must be a port, 1 to 65535.`);
}
