/** What a process of this machine and those that it has started take of its memory, by /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;
const KILOBYTES_PER_MEGABYTE = 1024;

interface Entry {
  readonly parent: number;
  readonly kilobytes: number;
}

/** Adds up a tree of processes again and again, and keeps the most that it ever took. */
export class MemoryWatch implements Disposable {
  readonly #root: number;
  readonly #timer: NodeJS.Timeout;
  #peakKilobytes = 0;

  /** @param root - id of the process at the top */
  constructor(root: number) {
    this.#root = root;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Resident memory of all of them at once, at most so far. */
  get peakMegabytes(): number {
    return this.#peakKilobytes / KILOBYTES_PER_MEGABYTE;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const all = processes();
    const belongs = (pid: number): boolean =>
      pid === this.#root || (all.has(pid) && belongs(all.get(pid)?.parent ?? 0));
    const sum = [...all].reduce((total, [pid, { kilobytes }]) => total + (belongs(pid) ? kilobytes : 0), 0);
    this.#peakKilobytes = Math.max(this.#peakKilobytes, sum);
  }
}

/** Reads all processes. One that ends meanwhile is left out. */
function processes(): ReadonlyMap<number, Entry> {
  const all = new Map<number, Entry>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = statusOf(name);
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1];
    if (parent === undefined) continue;
    // A zombie has no memory.
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? '0';
    all.set(Number(name), { parent: Number(parent), kilobytes: Number(kilobytes) });
  }
  return all;
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
