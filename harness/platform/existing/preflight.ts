/** Checks a cluster of the user before a run writes to it. It only reads. */
import { systemClock } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import type { Cidr } from '../../base/ipv4.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import { quoteArgv } from '../../base/quote.ts';
import type { Finding } from '../platform.ts';
import { type ToldVersions, toldVersions } from '../told-versions.ts';
import { kubernetesMismatch } from '../versions.ts';
import { misnamed } from './certificate.ts';
import type { ExistingContext } from './contexts.ts';
import { readBefore } from './former-istio.ts';
import { findLeftovers, type Leftovers, removalLines } from './leftovers.ts';
import { NAMESPACES, namespacesOfRuns } from './ownership.ts';
import { missingPermissions } from './permissions.ts';
import { podRangesOf } from './pod-ranges.ts';

const ASK_MS = 15_000;
/** More than this is not shown of a list. */
const SHOWN = 4;

/** One cluster, as it was found. */
export interface Inspection {
  readonly context: ExistingContext;
  /** Of namespace kube-system: what tells one cluster from another. */
  readonly uid: string;
  readonly version: string;
  readonly told: ToldVersions;
  /** Of one of our simulator's whose kubeconfig has lost its mark: where pods of the others reach it. */
  readonly inNetworkServer?: string;
  readonly server: string;
  /** Kind → names of what was there before us and has to do with Istio. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  readonly podRanges: readonly Cidr[];
  /** Present if what is there of an Istio is only what one has left that was taken off. */
  readonly leftovers?: Leftovers;
  readonly findings: readonly Finding[];
}

/** What decides whether a version, a certificate or a delay will do. */
export interface InspectOptions {
  readonly edition: string;
  /** The release that is going to be installed, where it is another than the edition's own. */
  readonly istio?: string;
  /** The address of its API server for the other clusters, if not the one in the kubeconfig. */
  readonly serverForOthers?: string;
  /** Milliseconds for all questions together; 15 seconds by default. */
  readonly askMs?: number;
  readonly signal: AbortSignal;
}

/** Reads one cluster. A finding that is not ok stops a run. */
export async function inspectCluster(context: ExistingContext, options: InspectOptions): Promise<Inspection> {
  const { signal, askMs = ASK_MS } = options;
  const client = new KubernetesClient(context.kubeconfig);
  const told = toldVersions(undefined, []);
  const nothing = { context, uid: '', version: '', told, server: client.server, before: {}, podRanges: [] };
  const subject = `${context.cluster} (${context.context})`;
  const findings: Finding[] = [];
  const good = (found: string) => findings.push({ subject, ok: true, found });
  const bad = (found: string, fix: string) => findings.push({ subject, ok: false, found, fix });
  // One deadline for all questions: an API server that hangs must not hang us as often as it is asked.
  using linked = linkedSignal(signal, { clock: systemClock, timeoutMs: askMs });
  const both = linked.signal;
  try {
    const answer = await client.request('GET', '/version', { signal: both });
    const { kubernetes: version, isSimulated } = toldVersions(answer, []);
    good(`Kubernetes ${version} at ${client.server}${isSimulated ? ', which is a simulated one' : ''}`);
    // The simulator's API server is what it is; its Istio does not mind.
    const mismatch = isSimulated ? undefined : kubernetesMismatch(options.edition, version, options.istio);
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
      bad(`namespace ${name} exists`, touchNothing(context.context, name));
    }
    for (const name of await namespacesOfRuns(client, both)) {
      bad(
        `namespace ${name} exists: another run works on it, or was killed there`,
        'Wait for its end, or let mesh-harness clean remove what it has made, on the machine that it ran on.',
      );
    }
    const before = await readBefore(client, both);
    const there = Object.entries(before).flatMap(([plural, names]) => names.map(name => `${plural}/${name}`));
    const leftovers = there.length > 0 ? await findLeftovers(client, before, both) : undefined;
    if (leftovers) {
      bad(
        `an Istio that was taken off has left: ${leftovers.words.join(', ')}`,
        [
          '--clean-leftovers takes it away before the run, or these lines do:',
          ...removalLines(context.context, leftovers),
        ].join('\n'),
      );
    } else if (there.length > 0) {
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
    const all = toldVersions(answer, nodes);
    return {
      ...{ ...nothing, uid, version, told: all, before, podRanges: podRangesOf(nodes), findings },
      ...(leftovers && { leftovers }),
      ...(all.isSimulated && !context.simulated && { inNetworkServer: await addressInside(client, both) }),
    };
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

/**
 * Returns where pods find the API server: the endpoints of the Service `kubernetes` say it. Of simulated
 * clusters a mark in the kubeconfig says it too.
 */
async function addressInside(client: KubernetesClient, signal: AbortSignal): Promise<string> {
  const path = { apiVersion: 'v1', plural: 'endpoints', namespace: 'default', name: 'kubernetes' };
  const { subsets = [] } = (await client.get(path, signal)) as {
    readonly subsets?: readonly {
      readonly addresses?: readonly { readonly ip: string }[];
      readonly ports?: readonly { readonly port: number }[];
    }[];
  };
  const [{ addresses, ports } = {}] = subsets;
  return `https://${addresses?.[0]?.ip ?? ''}:${ports?.[0]?.port ?? ''}`;
}

const shorten = (names: readonly string[]): string =>
  names.length <= SHOWN + 1
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;

/** Says what to do about a namespace that was there before: `sample` may hold anything. */
function touchNothing(context: string, namespace: string): string {
  const only = 'Only what a run has made is ever touched: use clusters without a mesh, or remove it yourself';
  const line = quoteArgv(['kubectl', '--context', context, 'delete', 'namespace', namespace]);
  return namespace === 'istio-system' ? `${only}: ${line}` : `${only}.`;
}
