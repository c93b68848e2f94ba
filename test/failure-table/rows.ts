/** A row of the failure table (docs/reference/failure-table.md), and how a run is held against it. */
import type { Test } from 'tap';
import { topologicalOrder } from '../../harness/plan/graph.ts';
import type { StepId } from '../../harness/plan/step.ts';
import type { World } from '../../harness/simulator/world.ts';
import { describePod, listPods } from '../../harness/verify/pods.ts';
import { topologyOf } from '../plan/scenarios.ts';
import { attempt, type Clients, type TrialOptions } from '../support/trial.ts';
import type { Edit } from './edits.ts';

export interface Row {
  /** In the words of the table. */
  readonly fault: string;
  readonly scenario: string;
  readonly omit?: readonly StepId[];
  readonly edits?: readonly Edit[];
  readonly surroundings?: TrialOptions['surroundings'];
  readonly onWorld?: (world: World) => void;
  /** What calls from cluster1 and from cluster2 show: `R NOPOD`. */
  readonly shows: string;
  /** By default a run passes if that is `BOTH BOTH` and no step fails. */
  readonly passes?: boolean;
  /** The steps that fail, and what they say. Those that merely wait for pods in vain need not be named. */
  readonly steps?: Readonly<Record<StepId, RegExp>>;
  /** What a warning about the pods of a cluster says. */
  readonly warning?: readonly [cluster: string, RegExp];
  /** How calls fail, by cluster. */
  readonly errors?: Readonly<Record<string, RegExp>>;
  /** Other signs: what is found in the clusters before they go. */
  readonly look?: (clients: Clients, t: Test) => Promise<unknown>;
  /** They come late: the checks wait for them as long as users'. */
  readonly showsLate?: boolean;
}

/** Steps that wait for workloads: they fail whenever there is no pod, or no ready one. */
const WAITS = /\/(wait-for-helloworld-v\d|call-helloworld)$/;

/** A section of the table: `10.5`. */
export interface Section {
  readonly section: string;
  readonly rows: readonly Row[];
}

export const titleOf = ({ scenario, fault, shows }: Row, edition: string, section: string): string =>
  `${edition} ${section} ${scenario}: ${fault}: ${shows}`;

/** Runs a row's plan with its fault, and compares what is seen with what the row says. */
export async function holdRow(t: Test, row: Row, edition: string): Promise<void> {
  const { scenario, edits = [], omit = [], shows, steps = {}, warning, errors = {} } = row;
  const trial = await attempt({
    topology: await topologyOf(scenario),
    edition,
    omit,
    showsLate: row.showsLate,
    change: (plan, topology) => {
      const changed = edits.reduce((before, edit) => edit(before, topology), plan);
      return { ...changed, steps: topologicalOrder(changed.steps) };
    },
    ...(row.surroundings && { surroundings: row.surroundings }),
    ...(row.onWorld && { onWorld: row.onWorld }),
    look: async clients => void (await row.look?.(clients, t)),
  });
  const told = `saw ${trial.symptoms}; failed: ${trial.failed.join(', ')}\n${trial.warnings('cluster1')}\n${trial.warnings('cluster2')}`;
  t.equal(trial.symptoms, shows, told);
  const passes = row.passes ?? (shows === 'BOTH BOTH' && Object.keys(steps).length === 0);
  t.equal(trial.verdict, passes ? 'passed' : 'failed', trial.reason?.message ?? 'no finding');
  const failed = trial.failed.filter(id => !WAITS.test(id) || id in steps);
  t.same(failed.sort(), Object.keys(steps).sort(), 'these steps fail');
  for (const [id, says] of Object.entries(steps)) t.match(trial.output(id), says);
  if (warning) t.match(trial.warnings(warning[0]), warning[1]);
  for (const [cluster, says] of Object.entries(errors)) t.match(trial.errors(cluster).join('\n'), says);
}

// ---- signs that several rows look for

/** What istiod of a cluster has said so far. */
export async function istiodLog(clients: Clients, cluster: string): Promise<string> {
  const client = clients.get(cluster);
  const { items } = (await client?.list(
    { apiVersion: 'v1', plural: 'pods', namespace: 'istio-system' },
    { labelSelector: 'app=istiod' },
  )) ?? { items: [] };
  const logs = items.map(({ metadata }) =>
    client?.logs('istio-system', metadata.name ?? '', { container: 'discovery' }).catch(() => ''),
  );
  return (await Promise.all(logs)).join('');
}

/**
 * The status of each cluster that a cluster's istiod knows, itself included: `cluster1 synced, cluster2
 * timeout`.
 */
export async function clusterStatus(clients: Clients, cluster: string): Promise<string> {
  const client = clients.get(cluster);
  const pods = await client?.list(
    { apiVersion: 'v1', plural: 'pods', namespace: 'istio-system' },
    { labelSelector: 'app=istiod' },
  );
  const argv = ['pilot-discovery', 'request', 'GET', '/debug/clusterz'];
  const reply = await client?.exec('istio-system', pods?.items[0]?.metadata.name ?? '', 'discovery', argv);
  const entries = JSON.parse(reply?.stdout ?? '[]') as readonly { id: string; syncStatus: string }[]; // istiod's own page
  return entries.map(({ id, syncStatus }) => `${id} ${syncStatus}`).join(', ');
}

/** The root certificate that the workloads of a cluster are given. */
export async function meshRoot(clients: Clients, cluster: string): Promise<unknown> {
  const found = await clients
    .get(cluster)
    ?.find({ apiVersion: 'v1', plural: 'configmaps', namespace: 'sample', name: 'istio-ca-root-cert' });
  return (found?.['data'] as Record<string, string> | undefined)?.['root-cert.pem']; // of a ConfigMap
}

/** The pods of the namespace `sample` in a cluster, as kubectl shows them. */
export async function podsOf(clients: Clients, cluster: string): Promise<string> {
  const client = clients.get(cluster);
  return client
    ? (await listPods(client, 'sample', new AbortController().signal)).map(describePod).join('\n')
    : '';
}
