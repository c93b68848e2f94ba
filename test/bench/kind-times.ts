/**
 * What the programs take on kind, for the stand-ins: as measured on two quiet processors with everything in
 * their caches (real-kind-2026-11: "Later, on a quiet machine", and section 4), or believed.
 */
import { sleep, systemClock } from '../../harness/base/clock.ts';
import type { Call } from '../support/stand-ins/calls.ts';
import type { Hub } from '../support/stand-ins/hub.ts';
import type { Lateness } from '../support/stand-ins/late-nodes.ts';

/** A new node is up, and ready, after 31 s; kind returns 10 s before. */
const KIND_MS = 21_000;
/** Of these, kind's phases after the control plane's start, and the end of that; believed. */
export const REST_MS = 4_000;
/** "kind returns 10 s and more before a node is Ready, and longer before CoreDNS answers": 5 s is believed. */
export const LATENESS: Lateness = {
  nodes: () => sleep(systemClock, 10_000),
  nameServer: () => sleep(systemClock, 15_000),
};
/**
 * An archive with Istio's images and the samples', into one cluster. Derived: after kind had returned a minute
 * and more went by until the first step (D9) on a machine on which a run took 197 s instead of 75 s; so 23 s
 * here, and half of them are a node that becomes ready, and the proof.
 */
const LOAD_MS = 10_000;
const ISTIO_MS = 14_000;
/** Of these, what istioctl takes before it waits for pods, which need a ready node; believed. */
const APPLY_MS = 3_000;
const REMOTE_MS = 4_000;
const GATEWAY_MS = 3_000;
/** From a workload's `kubectl apply` to its being ready. */
const WORKLOAD_MS = 5_000;
/** To render the charts: `istioctl manifest generate`; believed. */
const RENDER_MS = 1_000;
/** Any other call of a program; believed. */
const CALL_MS = 200;

/** Returns how long a call takes on these stand-ins, by what was called before it. */
export function measuredMs(hub: Hub): (call: Call) => number {
  return call => {
    const { program, argv, startedAtMs } = call;
    if (argv.includes('version')) return CALL_MS;
    if (program === 'kind') return argv[0] === 'load' ? LOAD_MS : KIND_MS;
    if (program === 'istioctl' && argv[0] === 'manifest') return RENDER_MS;
    if (argv.includes('install')) return installMs(hub, call);
    if (!argv.includes('wait')) return CALL_MS;
    const deployed = hub.calls.findLast(other => deploys(other, call))?.startedAtMs ?? startedAtMs;
    return Math.max(CALL_MS, deployed + WORKLOAD_MS - startedAtMs);
  };
}

function installMs(hub: Hub, { argv, files, startedAtMs }: Call): number {
  if (argv.includes('-')) return GATEWAY_MS;
  if (/profile: (?:remote|external)/.test(Object.values(files).join())) return REMOTE_MS;
  const ready = hub.readied.find(({ cluster, what }) => what === 'nodes' && isOf(argv, cluster));
  return Math.max(ISTIO_MS, (ready?.atMs ?? 0) - startedAtMs + ISTIO_MS - APPLY_MS);
}

/** Whether a command line names the cluster that kind knows as `mh-<run>-cluster1`. */
const isOf = (argv: readonly string[], cluster: string): boolean =>
  argv.some(word => /^--context=/.test(word) && cluster.endsWith(`-${word.slice('--context='.length)}`));

/** Whether a call has applied what another one waits for: `deployment/helloworld-v1`, `deployment/curl`. */
function deploys({ argv }: Call, waiting: Call): boolean {
  const context = waiting.argv.find(word => word.startsWith('--context='));
  const [, name = '', version] =
    /^deployment\/([a-z]+)(?:-(v\d))?$/.exec(
      waiting.argv.find(word => word.startsWith('deployment/')) ?? '',
    ) ?? [];
  return (
    argv.includes('apply') &&
    argv.includes(context ?? '') &&
    argv.some(word => word.endsWith(`/${name}.yaml`)) &&
    (version === undefined || argv.includes(`version=${version}`))
  );
}
