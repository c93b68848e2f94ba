/** The control plane and the gateways of a cluster run without trouble. */

import type { ApiClient } from '../../../base/api-client.ts';
import { isNotFound } from '../../../base/kubernetes-client.ts';
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  isRemote,
  type Topology,
} from '../../../model/topology.ts';
import type { Check, CheckContext, CheckFamily } from '../../check.ts';
import { explainIstiodAway } from '../../diagnose/istiod-away.ts';
import type { StepIndex } from '../../diagnose/steps.ts';
import { tryGather } from '../../diagnose/try-gather.ts';
import { askIstiods, readSync, sumOf } from '../../istiod.ts';
import { describePod, listPods, type PodFact } from '../../pods.ts';
import { pushMs, settle } from '../../settle.ts';
import { GATEWAY, ISTIO_NAMESPACE } from '../../workloads.ts';
import { inCluster } from '../in-cluster.ts';
import { containerOf, explainTroubles, type Trouble } from './health-causes.ts';

/** How a program in Go ends that has come upon a defect of its own. */
const PANIC = /^(panic: .*|fatal error: .*|.*runtime error: .*)$/m;
/** How istiod words a refusal: `ADS:LDS: ACK ERROR …`. */
const REFUSAL = /^.*ADS:\w+: ACK ERROR.*$/m;
/** Lines of a log that are looked at, from its end. */
const LOG_LINES = '5000';

/** What was found out about one cluster. */
interface Health {
  readonly pods: readonly PodFact[];
  readonly wrong: readonly Trouble[];
  /** Proxies that are connected to its istiods. */
  readonly proxies: number;
}

/** Reads the end of a log; empty if the pod has gone meanwhile. */
async function logOf(client: ApiClient, pod: PodFact, signal: AbortSignal): Promise<string> {
  const options = { container: containerOf(pod), tailLines: LOG_LINES };
  try {
    return await client.logs(ISTIO_NAMESPACE, pod.name, options, signal);
  } catch (error) {
    if (isNotFound(error)) return '';
    throw error;
  }
}

/** Reads what pods say of themselves: readiness, restarts, panics in the logs. */
async function podsOf(
  context: CheckContext,
  client: ApiClient,
): Promise<Omit<Health, 'proxies'> & { readonly logs: ReadonlyMap<string, string> }> {
  const pods = (await listPods(client, ISTIO_NAMESPACE, context.signal)).filter(
    ({ app }) => app === 'istiod' || app === GATEWAY,
  );
  const wrong: Trouble[] = [];
  const logs = new Map<string, string>();
  for (const pod of pods) {
    if (pod.status !== 'Running' || pod.readyContainers < pod.containers)
      wrong.push({
        kind: 'not ready',
        found: `${describePod(pod)} is not ready${pod.message === undefined ? '' : ` (${pod.message})`}`,
        pod,
      });
    if (pod.restarts > 0) {
      const times = pod.restarts === 1 ? 'once' : `${pod.restarts} times`;
      wrong.push({ kind: 'restarted', found: `${pod.name} was restarted ${times}`, pod });
    }
    if (pod.status !== 'Running') continue;
    const log = await logOf(client, pod, context.signal);
    logs.set(pod.name, log);
    const panic = PANIC.exec(log)?.[0];
    if (panic !== undefined)
      wrong.push({ kind: 'panic', found: `${pod.name} logged "${panic.slice(0, 200)}"`, pod });
  }
  return { pods, wrong, logs };
}

/** Asks each istiod how far its proxies are, until none waits for a push, or a push takes too long. */
async function proxiesOf(
  context: CheckContext,
  client: ApiClient,
  isServing: boolean,
): Promise<{ readonly proxies: number; readonly wrong: readonly string[] }> {
  const ask = async () => {
    const pages = await askIstiods(context, client, '/debug/syncz');
    const proxies = [...pages.values()].flatMap(page => (page === undefined ? [] : readSync(page)));
    return {
      silent: [...pages].filter(([, page]) => page === undefined).map(([name]) => name),
      proxies,
      pending: proxies.filter(proxy => proxy.pending.length > 0 && proxy.refusals.length === 0),
    };
  };
  const { silent, proxies, pending } = await settle(
    context,
    ask,
    seen => seen.silent.length + seen.pending.length === 0 && (seen.proxies.length > 0 || !isServing),
    { timeoutMs: pushMs(context) },
  );
  return {
    proxies: proxies.length,
    wrong: [
      ...silent.map(name => `${name} does not tell how far its proxies are`),
      ...pending.map(proxy => `${proxy.id} has not acknowledged its ${proxy.pending.join(' and ')}s`),
      ...proxies.flatMap(({ id, refusals }) => refusals.map(why => `${id} refused a push: ${why}`)),
    ],
  };
}

/** Counts the pushes that proxies have refused since istiod started. */
async function refusedBy(
  context: CheckContext,
  client: ApiClient,
  logs: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const pages = await askIstiods(context, client, '/metrics');
  return [...pages].flatMap(([name, page]) => {
    if (page === undefined) return [`${name} does not give its metrics`];
    const count = sumOf(page, 'pilot_total_xds_rejects');
    if (count === 0) return [];
    const [line] = REFUSAL.exec(logs.get(name) ?? '') ?? [];
    const why = line === undefined ? '' : `: ${line.slice(line.indexOf('ADS:')).slice(0, 300)}`;
    return [`proxies have refused ${count === 1 ? 'a push' : `${count} pushes`} of ${name}${why}`];
  });
}

async function healthOf(context: CheckContext, client: ApiClient, spec: ClusterSpec): Promise<Health> {
  const { pods, wrong, logs } = await podsOf(context, client);
  const sync = await proxiesOf(context, client, isServing(context.topology, spec));
  // A refusal that a proxy still holds to is told once, with its words.
  const refused = sync.wrong.some(each => each.includes(' refused a push: '))
    ? []
    : await refusedBy(context, client, logs);
  const notTaken = [...sync.wrong, ...refused].map(found => ({ kind: 'not taken' as const, found }));
  return { pods, proxies: sync.proxies, wrong: [...wrong, ...notTaken] };
}

/** Tells whether workloads take their configuration from this cluster. */
const isServing = ({ clusters }: Topology, { name }: ClusterSpec): boolean =>
  clusters.some(each => controlPlaneOf(each) === name && (each.client || each.helloWorld.length > 0));

/** Says who is not there at all: nobody who runs proves nothing. */
function absencesIn(
  topology: Topology,
  spec: ClusterSpec,
  { pods, proxies }: Omit<Health, 'wrong'>,
): readonly string[] {
  if (pods.length === 0) return [`nothing runs in ${ISTIO_NAMESPACE} of ${spec.name}`];
  if (isRemote(spec)) return [];
  if (!pods.some(({ app }) => app === 'istiod')) return [`no istiod runs in ${spec.name}`];
  return proxies === 0 && isServing(topology, spec)
    ? [`no proxy is connected to the istiod of ${spec.name}`]
    : [];
}

/**
 * Makes the check that what the guide installs in `istio-system` runs as it was installed: "istiod" and the
 * east-west gateways, without a restart; and that every proxy takes what it is sent.
 */
function healthIn(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-control-plane-healthy`,
    sentence:
      `istiod and the gateways in ${spec.name} run without a restart or a panic, and ` +
      'every proxy has taken what it was sent.',
    level: 'extended',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const { pods, proxies, wrong } = await healthOf(context, client, spec);
      const absent = absencesIn(context.topology, spec, { pods, proxies });
      const all = [...absent.map(found => ({ kind: 'absent' as const, found })), ...wrong];
      const found = all.map(each => each.found);
      const evidence = { pods: pods.map(describePod), connectedProxies: proxies, wrong: found };
      if (all.length === 0) {
        const connected = isRemote(spec) ? '' : `; ${proxies} connected proxies have all that they were sent`;
        return { outcome: 'passed', found: `${pods.map(describePod).join(', ')}${connected}`, evidence };
      }
      const away = await tryGather(async () => explainIstiodAway(context, spec, steps), context.signal);
      const known = away && 'sentence' in away ? away : undefined;
      return {
        outcome: 'failed',
        found: found.join('; '),
        evidence,
        diagnosis: explainTroubles(all, spec, steps, known),
      };
    }),
  };
}

/** The claim that stands behind "Install Istio": what was installed keeps running. */
export const controlPlaneHealthy: CheckFamily = {
  id: 'CLUSTER-control-plane-healthy',
  claim:
    'istiod and the gateways run without a restart or a panic, and every proxy has taken what it was sent.',
  level: 'extended',
  guide: 'Install Istio',
  appliesTo: 'each primary, and each cluster of a mesh of several networks',
  evidence:
    'the pods of istio-system, their logs, what istiod says of its proxies, its counter of refused pushes',
  checksOf: (topology, steps) =>
    topology.clusters
      .filter(cluster => !isRemote(cluster) || isMultiNetwork(topology))
      .map(spec => healthIn(spec, steps)),
};
