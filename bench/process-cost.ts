import { readdir, readFile } from "node:fs/promises";

/** Linux counts processor time in hundredths of a second for /proc, whatever the kernel's own clock. */
const MICROSECONDS_PER_TICK = 10_000;

type Stat = { readonly pid: number; readonly parent: number; readonly own: number; readonly ended: number };

async function statOf(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // the name in brackets may hold anything
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // fields 14 to 17 of proc(5): utime and stime, and those of children that have ended
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
  return { pid, parent: Number(fields[1]), own: user + system, ended: childrenUser + childrenSystem };
}

/** A process to watch; with `family` also its children, those that have ended included. */
export type Watched = { readonly pid: number; readonly family?: boolean };

/** Microseconds of processor time used so far. */
async function cpuOf({ pid, family = false }: Watched): Promise<number> {
  const pids = family ? (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number) : [pid];
  const stats = (await Promise.all(pids.map(statOf))).filter((stat) => stat !== null);
  const counted = stats.filter((stat) => stat.pid === pid || stat.parent === pid);
  return counted.reduce((sum, { own, ended }) => sum + own + (family ? ended : 0), 0) * MICROSECONDS_PER_TICK;
}

/** The most memory a process has held since its start, in MiB. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

export type Cpu = Readonly<Record<"client" | "postgres" | "broker", number>>;
export type Cost = { readonly seconds: number; readonly cpu: Cpu };

/** Calls `work` and answers how long it took and what the processes used meanwhile, in microseconds. */
export async function costOf(watched: Readonly<Record<keyof Cpu, Watched>>, work: () => Promise<unknown>): Promise<Cost> {
  const names = Object.keys(watched) as (keyof Cpu)[];
  const read = () => Promise.all(names.map((name) => cpuOf(watched[name])));
  const before = await read();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const after = await read();
  const cpu = Object.fromEntries(names.map((name, i) => [name, (after[i] ?? 0) - (before[i] ?? 0)])) as Cpu;
  return { seconds, cpu };
}
