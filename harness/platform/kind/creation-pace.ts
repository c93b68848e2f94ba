/**
 * How many clusters are made at a time: starting a control plane takes a processor for half a minute, and
 * kubeadm waits no longer than a minute for its first answer.
 */

/** What decides how many. */
interface Machine {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Programs that wait for a processor, over the last minute; undefined where it can not be read. */
  readonly load?: number | undefined;
}

const GIB = 2 ** 30;
/** etcd, an API server, its managers, a kubelet and containerd while they start. */
const STARTING_BYTES = 1.5 * GIB;
/**
 * Control planes that began together missed kubeadm's minute at 7 and more on each processor, and never below
 * (real-kind-2026-11 D7). A minute of tests on a quiet machine brings 2.
 */
const BUSY_LOAD = 4;

/** How many creations go on at a time, and why not more. */
interface Pace {
  readonly atOnce: number;
  /** Undefined if nothing is short. */
  readonly because?: string;
}

/** Decides how many control planes may start side by side: one for each processor, if there is memory. */
export function paceOf({ cpus, memoryBytes, load = 0 }: Machine, clusters: number): Pace {
  const rules = [
    // An engine that does not say has as many as are wanted.
    { atOnce: cpus > 0 ? cpus : clusters, because: `${cpus} processors` },
    {
      atOnce: memoryBytes > 0 ? Math.floor(memoryBytes / STARTING_BYTES) : clusters,
      because: `${(memoryBytes / GIB).toFixed(1)} GiB of memory`,
    },
    {
      atOnce: cpus > 0 && load > BUSY_LOAD * cpus ? 1 : clusters,
      because: `a load of ${load.toFixed(1)} on ${cpus} processors`,
    },
  ];
  const [least] = rules.toSorted((one, other) => one.atOnce - other.atOnce);
  return least && least.atOnce < clusters
    ? { atOnce: Math.max(1, least.atOnce), because: least.because }
    : { atOnce: clusters };
}

/** Reads the load of the last minute (proc(5): /proc/loadavg). */
export function loadOf(read: () => string): number | undefined {
  try {
    const load = Number.parseFloat(read());
    return Number.isFinite(load) ? load : undefined;
  } catch {
    return undefined; // not Linux
  }
}
