import { join } from "node:path";
import { expect, test } from "vitest";
import { readEnv, ROOT } from "./env.ts";
import { childEnvironment, realPrograms } from "./programs.ts";

test("without variables there are defaults, and an empty variable is none", () => {
  expect(readEnv({ DATABASE_URL: " ", REDRIVE_PORT: "" })).toMatchObject({
    databaseUrl: undefined, host: "127.0.0.1", port: 3000, home: join(ROOT, ".redrive"), configFile: join(ROOT, "redrive.yaml"), ci: false,
  }); // prettier-ignore
});

test("REDRIVE_PORT goes before PORT, and a port that is none is refused by name", () => {
  expect(readEnv({ PORT: "8080" }).port).toBe(8080);
  expect(readEnv({ PORT: "8080", REDRIVE_PORT: "4000" }).port).toBe(4000);
  expect(() => readEnv({ REDRIVE_PORT: "http" })).toThrow("REDRIVE_PORT");
});

test("the web gets no broker password and no key to the sealed ones, the workers only the key's place and the secrets of routes", () => {
  const environment = { PATH: "/bin", RABBITMQ_PASSWORD: "p", AWS_SECRET_ACCESS_KEY: "s", ROUTE_SHOP_KEY: "whsec_x", REDRIVE_SECRET_KEY_FILE: "/key", REDRIVE_TRUSTED_PROXIES: "10.0.0.1", REDRIVE_IDEMPOTENCY_STORE: "rediss://:p@cache" };
  const launch = {
    databaseUrl: "postgres://x/y", publicUrl: "http://localhost:3000", host: "127.0.0.1", port: 3000, dev: false,
    secretKeyFile: "/key", authSecret: "a".repeat(32), environment,
  }; // prettier-ignore
  expect(childEnvironment(launch, "production")).toEqual({
    PATH: "/bin", REDRIVE_TRUSTED_PROXIES: "10.0.0.1", DATABASE_URL: "postgres://x/y", NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1",
  }); // prettier-ignore
  expect(Object.keys(realPrograms.web(launch).env)).not.toContain("REDRIVE_SECRET_KEY_FILE");
  expect(Object.keys(realPrograms.web(launch).env)).not.toContain("ROUTE_SHOP_KEY");
  expect(realPrograms.workers(launch).env).toMatchObject({ REDRIVE_SECRET_KEY_FILE: "/key", ROUTE_SHOP_KEY: "whsec_x" });
  expect(Object.keys(realPrograms.workers(launch).env)).not.toContain("AWS_SECRET_ACCESS_KEY");
  expect(Object.keys(realPrograms.workers(launch).env)).not.toContain("REDRIVE_AUTH_SECRET");
  expect(realPrograms.web(launch).env).toMatchObject({ REDRIVE_IDEMPOTENCY_STORE: "rediss://:p@cache" });
  expect(Object.keys(realPrograms.workers(launch).env)).not.toContain("REDRIVE_IDEMPOTENCY_STORE");
});
