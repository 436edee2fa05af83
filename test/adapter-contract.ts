import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { Session } from "#core/brokers/adapter.ts";
import { captureCases } from "./adapter-contract-capture.ts";
import { faultCases } from "./adapter-contract-faults.ts";
import { publishCases } from "./adapter-contract-publish.ts";
import { CONTRACT_CASES, type Access, type AdapterHarness, type ContractCase, type NotApplicable } from "./adapter-harness.ts";

/** What the cases work with. */
export type Bench<M extends Manifest> = {
  harness(): AdapterHarness<M>;
  /** Opens a session that is disposed after the case; default with the working access. */
  open(access?: Access<M>): Promise<Session<M>>;
};
export type ContractCases = Readonly<Partial<Record<ContractCase, () => Promise<void>>>>;

/** A case may start a broker of its own and start it again: Java servers take long on a busy machine. */
const TIMEOUT_MS = 240_000;

/**
 * The suite every adapter passes against its real broker; `makeHarness` runs once, before the first case.
 * `missing` says why there is no broker here: the cases are then skipped, and counted as such.
 */
export function runAdapterContract<M extends Manifest>(
  name: string,
  makeHarness: () => Promise<AdapterHarness<M>>,
  notApplicable: NotApplicable = {},
  missing: string | null = null,
): void {
  describe.skipIf(missing !== null)(`adapter contract: ${name}`, () => {
    let harness: AdapterHarness<M> | null = null;
    const sessions: Session<M>[] = [];
    beforeAll(async () => {
      harness = await makeHarness();
    }, TIMEOUT_MS);
    const bench: Bench<M> = {
      harness: () => {
        if (harness === null) throw new Error("the harness did not start");
        return harness;
      },
      open: async (access = bench.harness().access) => {
        const session = await bench.harness().adapter({ name: "contract", ...access, signal: AbortSignal.timeout(20_000) });
        sessions.push(session);
        return session;
      },
    };
    afterAll(() => closeAll(sessions));

    const cases: ContractCases = { ...captureCases(bench), ...publishCases(bench), ...faultCases(bench) };
    for (const title of CONTRACT_CASES) {
      const run = cases[title];
      if (notApplicable[title] !== undefined) continue;
      test(title, { timeout: TIMEOUT_MS }, async () => {
        if (run === undefined) throw new Error("the contract has no such case");
        try {
          await run();
        } finally {
          await closeAll(sessions);
        }
      });
    }
    test("what does not apply has a reason", () => {
      const reasons = Object.entries(notApplicable);
      const lines = reasons.map(([title, reason]) => `  - ${title}: ${reason}`);
      console.info([`${name}: ${reasons.length} of ${CONTRACT_CASES.length} cases do not apply`, ...lines].join("\n"));
      for (const [, reason] of reasons) expect(reason.length).toBeGreaterThan(20);
    });
  });
}

async function closeAll(sessions: AsyncDisposable[]): Promise<void> {
  await Promise.all(sessions.splice(0).map((session) => session[Symbol.asyncDispose]()));
}
