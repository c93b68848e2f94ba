/** Checks a cluster of the user before a run writes to it. It only reads. */
import { systemClock } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import type { Cidr } from '../../base/ipv4.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { Finding } from '../platform.ts';
import { kubernetesMismatch } from '../versions.ts';
import { misnamed } from './certificate.ts';
import type { ExistingContext } from './contexts.ts';
import { readBefore } from './former-istio.ts';
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
  readonly server: string;
  /** Kind → names of what was there before us and has to do with Istio. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  readonly podRanges: readonly Cidr[];
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

const shorten = (names: readonly string[]): string =>
  names.length <= SHOWN + 1
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
