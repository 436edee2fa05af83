import { join } from "node:path";
import { HOME, own, type Running } from "./programs.ts";

export type InventoryState = {
  readonly fault: string;
  /** How often each order was reserved, by its id. */
  readonly reserved: Readonly<Record<string, number>>;
  readonly calls: readonly { readonly fault: string; readonly count: number }[];
};

/** The inventory service as a process that can be killed, and started again with the same data at the same port. */
export class Inventory {
  port = 0;
  #process: Running | null = null;

  async start(): Promise<void> {
    if (this.#process !== null) return;
    this.#process = own(["inventory-service.ts", join(HOME, "inventory.db"), String(this.port)]);
    const [, port] = await this.#process.says(/^ready (\d+)$/);
    this.port = Number(port);
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    await this.#process?.stop("SIGKILL");
    this.#process = null;
  }

  /** `none`, `fail`, `hang` or `drop`. */
  async fault(fault: string): Promise<void> {
    await fetch(`${this.#url}/fault/${fault}`, { method: "PUT" });
  }

  async state(): Promise<InventoryState> {
    return (await (await fetch(this.#url)).json()) as InventoryState;
  }

  get #url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
}
