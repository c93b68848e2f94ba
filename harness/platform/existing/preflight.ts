/** What clusters of a user must be like before anything is written to them. It only reads. */
import { systemClock } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import type { Cidr } from '../../base/ipv4.ts';
import { isNotFound, KubernetesClient } from '../../base/kubernetes-client.ts';
import type { Topology } from '../../model/topology.ts';
import type { LedgerRecord } from '../ledger.ts';
import type { Finding } from '../platform.ts';
import { compare, formatLine, KUBECTL_SKEW, kubernetesMismatch, lineOf } from '../versions.ts';
import { misnamed } from './certificate.ts';
import type { ExistingContext } from './contexts.ts';
import {
  CLUSTER_SCOPED,
  isIstioDefinition,
  isOfIstio,
  NAMESPACES,
  namespacesOfRuns,
  ROOT_CONFIG_MAPS,
} from './ownership.ts';
import { missingPermissions } from './permissions.ts';
import { overlappingPods, podRangesOf } from './pod-ranges.ts';

const ASK_MS = 15_000;
/** More than this is not shown of a list. */
const SHOWN = 4;

/** One cluster, as it was found. */
export interface Inspection {
  readonly context: ExistingContext;
  /** Of namespace kube-system: what tells one cluster from another. */
  readonly uid: string;
  readonly version: string;
  readonly server: string;
  /** Kind → names of what was there before us and has to do with Istio. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  readonly podRanges: readonly Cidr[];
  readonly findings: readonly Finding[];
}

export interface InspectOptions {
  readonly edition: string;
  /** The release that is going to be installed, where it is another than the edition's own. */
  readonly istio?: string;
  /** Where the other clusters are told that its API server is, if not where the kubeconfig says. */
  readonly serverForOthers?: string;
  /** Milliseconds for all questions together; 15 seconds by default. */
  readonly askMs?: number;
  readonly signal: AbortSignal;
}

/** Reads one cluster. A finding that is not ok stops a run. */
export async function inspectCluster(context: ExistingContext, options: InspectOptions): Promise<Inspection> {
  const { signal, askMs = ASK_MS } = options;
  const client = new KubernetesClient(context.kubeconfig);
  const nothing = { context, uid: '', version: '', server: client.server, before: {}, podRanges: [] };
  const subject = `${context.cluster} (${context.context})`;
  const findings: Finding[] = [];
  const good = (found: string) => findings.push({ subject, ok: true, found });
  const bad = (found: string, fix: string) => findings.push({ subject, ok: false, found, fix });
  // One deadline for all questions: an API server that hangs must not hang us as often as it is asked.
  using linked = linkedSignal(signal, { clock: systemClock, timeoutMs: askMs });
  const both = linked.signal;
  try {
    const { gitVersion: version = '' } = (await client.request('GET', '/version', { signal: both })) as {
      readonly gitVersion?: string;
    };
    good(`Kubernetes ${version} at ${client.server}`);
    // The simulator's API server is what it is; its Istio does not mind.
    const mismatch = context.simulated
      ? undefined
      : kubernetesMismatch(options.edition, version, options.istio);
    if (mismatch !== undefined) bad(mismatch, 'Another --edition may go with these clusters.');
    const missing = await missingPermissions(client, both);
    if (missing.length > 0) {
      bad(
        `this user may not: ${shorten(missing)}`,
        'An installation needs these rights; the role cluster-admin has them.',
      );
      return { ...nothing, version, findings };
    }
    const system = await client.get({ apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' }, both);
    const { items: nodes } = await client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, both);
    if (nodes.length === 0) bad('it has no nodes', 'Pods can run nowhere: add a node.');
    for (const name of NAMESPACES) {
      if (!(await client.find({ apiVersion: 'v1', plural: 'namespaces', name }, both))) continue;
      bad(
        `namespace ${name} exists`,
        'Only what a run has made is ever touched: use clusters without a mesh, or remove it yourself.',
      );
    }
    for (const name of await namespacesOfRuns(client, both)) {
      bad(
        `namespace ${name} exists: another run works on it, or was killed there`,
        'Wait for its end, or let mesh-harness clean remove what it has made, on the machine that it ran on.',
      );
    }
    const before = await readBefore(client, both);
    const there = Object.entries(before).flatMap(([plural, names]) => names.map(name => `${plural}/${name}`));
    if (there.length > 0) {
      bad(
        `an Istio is or was there: ${shorten(there)}`,
        'An installation would write over it: use other clusters.',
      );
    }
    if (options.serverForOthers !== undefined) {
      const wrong = await misnamed(client.server, options.serverForOthers, both);
      if (wrong !== undefined) bad(wrong, '--api-server has to name an address that the certificate has.');
    }
    const uid = system.metadata.uid ?? '';
    return { ...nothing, uid, version, before, podRanges: podRangesOf(nodes), findings };
  } catch (error) {
    signal.throwIfAborted();
    const found = both.aborted
      ? `no answer within ${askMs / 1000} s from ${client.server}`
      : messageOf(error);
    bad(found, `Does kubectl --context ${context.context} get nodes work?`);
    return { ...nothing, findings };
  } finally {
    client.close();
  }
}

async function readBefore(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const before: Record<string, readonly string[]> = {};
  for (const { apiVersion, plural, optional } of CLUSTER_SCOPED) {
    try {
      const { items } = await client.list({ apiVersion, plural }, {}, signal);
      const own = items.filter(item => isOfIstio(item) || isIstioDefinition(item.metadata.name ?? ''));
      before[plural] = own.map(({ metadata }) => metadata.name ?? '');
    } catch (error) {
      if (!optional || !isNotFound(error)) throw error;
    }
  }
  const maps = await Promise.all(
    ROOT_CONFIG_MAPS.map(name =>
      client.list(
        { apiVersion: 'v1', plural: 'configmaps' },
        { fieldSelector: `metadata.name=${name}` },
        signal,
      ),
    ),
  );
  before['configmaps'] = maps.flatMap(({ items }) =>
    items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
  return before;
}

export interface Surroundings {
  readonly topology: Topology;
  readonly inspections: readonly Inspection[];
  /** Clusters whose API server has an address for the others. */
  readonly servers: ReadonlySet<string>;
  /** Runs on this machine, also those that go on. */
  readonly ledgers: readonly LedgerRecord[];
}

/** What can only be seen with all clusters side by side. */
export function judgeTogether(surroundings: Surroundings): readonly Finding[] {
  const { topology, inspections } = surroundings;
  const ranges = new Map(
    inspections.map(({ context, podRanges }) => [String(context.cluster), podRanges] as const),
  );
  const nameOf = (name: string) =>
    inspections.find(({ context }) => context.cluster === name)?.context.context ?? name;
  return [
    ...sameClusters(inspections),
    ...loopbackServers(surroundings),
    ...farVersions(inspections),
    ...otherRuns(surroundings),
    ...overlappingPods(topology, ranges).map(
      ({ clusters: [one, other], network, ranges: [mine, theirs] }) => ({
        subject: 'pod ranges',
        ok: false,
        found: `${one} (${nameOf(one)}) has pods in ${mine}, ${other} (${nameOf(other)}) in ${theirs}, both on ${network}`,
        fix: 'Pods that talk directly need ranges of their own: other clusters, or a scenario with a network for each.',
      }),
    ),
  ];
}

function sameClusters(inspections: readonly Inspection[]): readonly Finding[] {
  return inspections.flatMap((one, index) =>
    inspections
      .slice(index + 1)
      .filter(other => one.uid !== '' && one.uid === other.uid)
      .map(other => ({
        subject: 'contexts',
        ok: false,
        found:
          one.context.context === other.context.context
            ? `${one.context.cluster} and ${other.context.cluster} are given the same context ${one.context.context}`
            : `${one.context.context} and ${other.context.context} are the same cluster`,
        fix: 'Each cluster of the scenario needs one of its own.',
      })),
  );
}

function loopbackServers({ topology, inspections, servers }: Surroundings): readonly Finding[] {
  if (topology.clusters.length === 1) return [];
  return inspections
    .filter(({ server, context }) => isLoopback(server) && !servers.has(context.cluster))
    .map(({ context, server }) => ({
      subject: `${context.cluster} (${context.context})`,
      ok: false,
      found: `its API server is given as ${server}, which pods of other clusters cannot reach`,
      fix: `--api-server ${context.cluster}=https://ADDRESS:6443 names one that they can.`,
    }));
}

const isLoopback = (server: string): boolean =>
  /^https:\/\/(127\.|localhost\b|\[::1\]|0\.0\.0\.0)/.test(server);

/** One kubectl works on all of them. */
function farVersions(inspections: readonly Inspection[]): readonly Finding[] {
  const known = inspections.flatMap(({ version, context }) => {
    const line = lineOf(version);
    return line ? [{ line, context }] : [];
  });
  const sorted = known.toSorted((one, other) => compare(one.line, other.line));
  const [oldest, newest] = [sorted.at(0), sorted.at(-1)];
  if (!oldest || !newest || newest.line[1] - oldest.line[1] <= 2 * KUBECTL_SKEW) return [];
  return [
    {
      subject: 'versions',
      ok: false,
      found: `${oldest.context.cluster} runs Kubernetes ${formatLine(oldest.line)}, ${newest.context.cluster} ${formatLine(newest.line)}`,
      fix: `No kubectl is for both: they may be ${2 * KUBECTL_SKEW} minor versions apart.`,
    },
  ];
}

/** Two runs on one cluster would remove each other's mesh. */
function otherRuns({ inspections, ledgers }: Surroundings): readonly Finding[] {
  return inspections.flatMap(({ context, uid }) =>
    ledgers
      .filter(({ existing }) => uid !== '' && existing.some(entry => entry.uid === uid))
      .map(({ runId, isRunning }) => ({
        subject: `${context.cluster} (${context.context})`,
        ok: false,
        found: isRunning ? `run ${runId} works on it now` : `run ${runId} has left its mesh in it`,
        fix: isRunning
          ? 'Wait for its end, or use another cluster.'
          : 'mesh-harness clean removes what it has made.',
      })),
  );
}

const shorten = (names: readonly string[]): string =>
  names.length <= SHOWN + 1
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
