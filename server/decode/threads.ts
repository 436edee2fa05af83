import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { Failure } from "#core/failure.ts";
import type { Answer, Job } from "./jobs.ts";

/** Why a thread was ended in the middle of a job. */
export type Overrun = "too_slow" | "too_much_memory";
export type Outcome<J extends Job> = { readonly answer: Answer<J> } | { readonly overrun: Overrun };

export type ThreadLimits = {
  /** Threads at most. */
  readonly threads: number;
  /** How long one job may take, ms. */
  readonly deadlineMs: number;
  /** JavaScript heap of a thread, MiB; bytes of bodies come on top, bounded by the limits of limits.ts. */
  readonly heapMb: number;
  /** Jobs that may wait. */
  readonly waiting: number;
};

const LIMITS: ThreadLimits = { threads: 2, deadlineMs: 5_000, heapMb: 256, waiting: 32 };
/** How long a thread may take to load its program, ms. */
const START_MS = 30_000;

type Reply = { readonly ready: true } | { readonly answer: unknown } | { readonly error: string };

/**
 * Threads for what strangers' bytes could make slow or large. A thread that overruns is ended and another takes its
 * place; the process that asks goes on all the while.
 */
export class DecodeThreads {
  readonly #limits: ThreadLimits;
  readonly #program: string;
  #idle: Worker[] = [];
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(limits: Partial<ThreadLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#program = resolve(process.cwd(), "server", "decode", "thread.ts");
  }

  /** Runs a job. Throws Failure `too_many` when too many wait already. */
  async run<const J extends Job>(job: J): Promise<Outcome<J>> {
    await this.#turn();
    try {
      const worker = this.#idle.pop() ?? (await this.#start());
      const outcome = await this.#ask<J>(worker, job);
      if ("answer" in outcome) this.#idle.push(worker);
      return outcome;
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Ends the idle threads. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((worker) => worker.terminate()));
  }

  /** Waits for a place; who leaves hands it on. */
  async #turn(): Promise<void> {
    if (this.#running < this.#limits.threads) {
      this.#running++;
      return;
    }
    if (this.#queue.length >= this.#limits.waiting) throw new Failure("too_many", "Too many payloads are being decoded at this moment: try again.");
    await new Promise<void>((go) => this.#queue.push(go));
  }

  async #start(): Promise<Worker> {
    // by its place in the installation, from its source: the bundler leaves it alone
    const worker = new Worker(/* turbopackIgnore: true */ this.#program, {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMb, maxYoungGenerationSizeMb: 32 },
    });
    // without a listener, the end of an idle thread would be the end of the process
    worker.on("error", () => undefined);
    worker.on("exit", () => (this.#idle = this.#idle.filter((idle) => idle !== worker)));
    try {
      if ("overrun" in (await replyOf(worker, START_MS))) throw new Error("a decoding thread did not start");
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    // an idle thread keeps no process alive
    worker.unref();
    return worker;
  }

  /** Answers with an outcome; the thread is good for another job only when that is an answer. */
  async #ask<J extends Job>(worker: Worker, job: J): Promise<Outcome<J>> {
    try {
      const reply = replyOf(worker, this.#limits.deadlineMs);
      worker.postMessage(job);
      const outcome = await reply;
      if ("overrun" in outcome) {
        await worker.terminate();
        return outcome;
      }
      if ("answer" in outcome.reply) return { answer: outcome.reply.answer as Answer<J> };
      throw new Error(`a decoding thread failed: ${"error" in outcome.reply ? outcome.reply.error : "it started anew"}`);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }
}

/** The next message of a thread, or why there will be none. */
function replyOf(worker: Worker, withinMs: number): Promise<{ readonly reply: Reply } | { readonly overrun: Overrun }> {
  const { promise, resolve: done, reject } = Promise.withResolvers<{ readonly reply: Reply } | { readonly overrun: Overrun }>();
  const timer = setTimeout(() => done({ overrun: "too_slow" }), withinMs);
  const onMessage = (reply: Reply): void => done({ reply });
  const onError = (error: NodeJS.ErrnoException): void => (error.code === "ERR_WORKER_OUT_OF_MEMORY" ? done({ overrun: "too_much_memory" }) : reject(error));
  const onExit = (): void => reject(new Error("a decoding thread ended by itself"));
  worker.once("message", onMessage);
  worker.once("error", onError);
  worker.once("exit", onExit);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", onMessage);
    worker.off("error", onError);
    worker.off("exit", onExit);
  });
}

// Route bundles get their own module instances: the threads live on globalThis so that the process has one set.
const holder = globalThis as typeof globalThis & { redriveDecodeThreads?: DecodeThreads };

/** The web process's threads, started at the first payload that needs one. */
export function decodeThreads(): DecodeThreads {
  holder.redriveDecodeThreads ??= new DecodeThreads();
  return holder.redriveDecodeThreads;
}
