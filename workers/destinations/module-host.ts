import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import { refused, unknown } from "./errors.ts";
import type { ModuleFile } from "./module-file.ts";
import { confirmedBy, refusedBy } from "./module-outcome.ts";
import type { FromThread, ToThread, WireDelivery } from "./module-wire.ts";

/** How long a call may go on after it was asked to abort, before its thread is ended. */
const GRACE_MS = 1_000;
const YOUNG_HEAP_MB = 16;
const STOPPED = refused("worker_vanished", "the worker was stopped before the module was called");

type Call = { settle(outcome: DeliveryOutcome): void; late: "deadline" | "stop" | null; timers: NodeJS.Timeout[] };
type HostOptions = { readonly file: ModuleFile; readonly memoryMb: number; readonly timeoutMs: number; readonly variables: Readonly<Record<string, string>> };

/**
 * One thread with one module in it, for any number of calls at once. When the thread ends, whatever ended it, every call
 * that was given to it is unknown: each may have done its work.
 */
export class ModuleHost {
  readonly file: ModuleFile;
  readonly #timeoutMs: number;
  readonly #thread: Worker;
  readonly #ready = Promise.withResolvers<DeliveryOutcome | null>();
  readonly #calls = new Map<number, Call>();
  #last = 0;
  /** Calls that wait for the module to load or to answer. */
  #open = 0;
  #retired = false;
  #ended = false;
  #error: Error | null = null;

  constructor({ file, memoryMb, timeoutMs, variables }: HostOptions) {
    this.file = file;
    this.#timeoutMs = timeoutMs;
    this.#thread = new Worker(new URL("./module-thread.ts", import.meta.url), {
      name: "redrive module",
      workerData: { href: pathToFileURL(file.path).href },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: Math.min(YOUNG_HEAP_MB, memoryMb) },
      env: { ...variables },
      execArgv: [],
    });
    this.#thread.on("message", (word: FromThread) => this.#hear(word));
    this.#thread.on("error", (error: Error) => (this.#error = error));
    this.#thread.once("exit", (code) => this.#exited(code));
  }

  /** Whether it can be given more. */
  get usable(): boolean {
    return !this.#ended;
  }

  /** One call. Never rejects. */
  async call(delivery: WireDelivery, stop: AbortSignal): Promise<DeliveryOutcome> {
    if (stop.aborted) return STOPPED;
    this.#open += 1;
    try {
      return await this.#call(delivery, stop);
    } finally {
      this.#open -= 1;
      if (this.#retired && this.#open === 0) void this.end();
    }
  }

  async #call(delivery: WireDelivery, stop: AbortSignal): Promise<DeliveryOutcome> {
    const deadline = performance.now() + this.#timeoutMs;
    const loading = await this.#loading(stop);
    if (loading !== null) return loading;
    const n = (this.#last += 1);
    const { promise, resolve } = Promise.withResolvers<DeliveryOutcome>();
    const call: Call = { settle: resolve, late: null, timers: [] };
    this.#calls.set(n, call);
    const stopped = (): void => this.#abort(n, call, "stop");
    call.timers.push(setTimeout(() => this.#abort(n, call, "deadline"), Math.max(0, deadline - performance.now())));
    stop.addEventListener("abort", stopped, { once: true });
    this.#tell({ type: "deliver", n, delivery });
    const outcome = await promise;
    stop.removeEventListener("abort", stopped);
    for (const timer of call.timers) clearTimeout(timer);
    this.#calls.delete(n);
    return outcome;
  }

  /** Ends the thread once no call is under way; it is given no more. */
  retire(): void {
    this.#retired = true;
    if (this.#open === 0) void this.end();
  }

  /** Ends the thread now, and with it what it is doing. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#thread.terminate();
  }

  /** Null once the module is loaded, or why the call cannot be made: nothing was given to it. */
  async #loading(stop: AbortSignal): Promise<DeliveryOutcome | null> {
    const given = Promise.withResolvers<DeliveryOutcome>();
    const stopped = (): void => given.resolve(STOPPED);
    stop.addEventListener("abort", stopped, { once: true });
    const timer = setTimeout(() => {
      given.resolve(refused("timeout", `the module was not loaded within ${this.#timeoutMs} ms`));
      void this.end();
    }, this.#timeoutMs);
    try {
      return await Promise.race([this.#ready.promise, given.promise]);
    } finally {
      clearTimeout(timer);
      stop.removeEventListener("abort", stopped);
    }
  }

  #abort(n: number, call: Call, why: "deadline" | "stop"): void {
    if (call.late !== null) return;
    call.late = why;
    this.#tell({ type: "abort", n });
    call.timers.push(setTimeout(() => void this.end(), GRACE_MS));
  }

  #hear(word: FromThread): void {
    if (word.type === "loaded") return this.#ready.resolve(null);
    if (word.type === "unusable") {
      this.#ready.resolve(refused("module_missing", word.message, { stack: word.stack }));
      return void this.end();
    }
    const call = this.#calls.get(word.n);
    if (word.type === "done") return call?.settle(confirmedBy(word.answer));
    // a call that ended because it was asked to may have done its work before
    call?.settle(call.late !== null ? this.#late(call.late, word.thrown.stack) : refusedBy(word.thrown));
  }

  #exited(code: number): void {
    this.#ended = true;
    const memory = this.#error !== null && "code" in this.#error && this.#error.code === "ERR_WORKER_OUT_OF_MEMORY";
    const why = this.#error === null ? `the module's thread ended with code ${code}` : `the module's thread ended: ${this.#error.message}`;
    const ended = { type: this.#error?.name ?? null, stack: this.#error?.stack ?? null };
    this.#ready.resolve(memory ? refused("module_out_of_memory", "the module needed more memory than it may have, while it was loaded") : refused("module_missing", why, ended));
    for (const call of this.#calls.values()) {
      if (memory) call.settle(unknown("module_out_of_memory", "the module's thread needed more memory than it may have"));
      else if (call.late !== null) call.settle(this.#late(call.late, null));
      else call.settle(this.#error === null ? unknown("module_threw", "the module's thread was ended while it ran", { type: "ThreadEnded" }) : unknown("module_threw", why, ended));
    }
  }

  #late(why: "deadline" | "stop", stack: string | null): DeliveryOutcome {
    if (why === "stop") return unknown("worker_vanished", "the worker was stopped before the module ended", { stack });
    return unknown("timeout", `the module did not end within ${this.#timeoutMs} ms`, { stack });
  }

  #tell(word: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    if (!this.#ended) this.#thread.postMessage(word);
  }
}
