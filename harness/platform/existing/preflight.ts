/** What clusters of a user must be like before anything is written to them. It only reads. */
import { messageOf } from '../../base/errors.ts';
import { KubernetesClient, pathOf } from '../../base/kubernetes-client.ts';
import type { Topology } from '../../model/topology.ts';
import type { Finding } from '../platform.ts';
import { kubernetesMismatch } from '../versions.ts';
import type { ExistingContext } from './contexts.ts';

/** Kinds that a mesh is made of outside of namespaces; an installation leaves them behind. */
export const CLUSTER_SCOPED = [
  { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings' },
  { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'mutatingwebhookconfigurations' },
  { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingwebhookconfigurations' },
  { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
] as const;

/** The guide's namespaces: a cluster that has one of them is in use. */
export const NAMESPACES = ['istio-system', 'sample'] as const;

const ASK_MS = 15_000;

/** One cluster, as it was found. */
export interface Inspection {
  readonly context: ExistingContext;
  /** Of namespace kube-system: what tells one cluster from another. */
  readonly uid: string;
  readonly version: string;
  readonly server: string;
  /** Kind → names of what was there before us and has to do with Istio. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly Finding[];
}

export const isOfIstio = (name: string): boolean => /(^|[-.])istio(d|-|\.|$)/.test(name);

/** Reads one cluster. A finding that is not ok stops a run. */
export async function inspectCluster(
  context: ExistingContext,
  edition: string,
  signal: AbortSignal,
): Promise<Inspection> {
  const client = new KubernetesClient(context.kubeconfig);
  const both = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const subject = `${context.cluster} (${context.context})`;
  const good = (found: string): Finding => ({ subject, ok: true, found });
  const bad = (found: string, fix: string): Finding => ({ subject, ok: false, found, fix });
  try {
    const { gitVersion: version = '' } = (await client.request('GET', '/version', { signal: both })) as {
      readonly gitVersion?: string;
    };
    const system = await client.get({ apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' }, both);
    const findings: Finding[] = [good(`Kubernetes ${version} at ${client.server}`)];
    // The simulator's API server is what it is; its Istio does not mind.
    const mismatch = context.simulated ? undefined : kubernetesMismatch(edition, version);
    if (mismatch !== undefined) findings.push(bad(mismatch, 'Another --edition may go with these clusters.'));
    if (!(await isAdministrator(client, both))) {
      findings.push(bad('this user may not do everything', 'An installation needs the role cluster-admin.'));
    }
    for (const name of NAMESPACES) {
      if (await client.find({ apiVersion: 'v1', plural: 'namespaces', name }, both)) {
        findings.push(
          bad(
            `namespace ${name} exists`,
            'Only what a run has made is ever touched: use clusters without a mesh, or remove it yourself.',
          ),
        );
      }
    }
    const before: Record<string, readonly string[]> = {};
    for (const { apiVersion, plural } of CLUSTER_SCOPED) {
      const { items } = await client.list({ apiVersion, plural }, {}, both);
      before[plural] = items.map(({ metadata }) => metadata.name ?? '').filter(isOfIstio);
    }
    const webhooks = before['mutatingwebhookconfigurations'] ?? [];
    if (webhooks.length > 0)
      findings.push(bad(`an Istio is there: ${webhooks.join(', ')}`, 'Use clusters without a mesh.'));
    return { context, uid: system.metadata.uid ?? '', version, server: client.server, before, findings };
  } catch (error) {
    signal.throwIfAborted();
    const finding = bad(messageOf(error), `Does kubectl --context ${context.context} get nodes work?`);
    return { context, uid: '', version: '', server: client.server, before: {}, findings: [finding] };
  } finally {
    client.close();
  }
}

/** Asking is a POST, but nothing is stored. */
async function isAdministrator(client: KubernetesClient, signal: AbortSignal): Promise<boolean> {
  const apiVersion = 'authorization.k8s.io/v1';
  const review = (await client.request('POST', pathOf({ apiVersion, plural: 'selfsubjectaccessreviews' }), {
    body: {
      apiVersion,
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: '*', group: '*', resource: '*' } },
    },
    signal,
  })) as { readonly status?: { readonly allowed?: boolean } };
  return review.status?.allowed === true;
}

/** What can only be seen with all clusters side by side. */
export function judgeTogether(
  topology: Topology,
  inspections: readonly Inspection[],
  servers: ReadonlySet<string>,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [index, one] of inspections.entries()) {
    for (const other of inspections.slice(index + 1)) {
      if (one.uid !== '' && one.uid === other.uid) {
        findings.push({
          subject: 'contexts',
          ok: false,
          found: `${one.context.context} and ${other.context.context} are the same cluster`,
          fix: 'Each cluster of the scenario needs one of its own.',
        });
      }
    }
    const isLoopback = /^https:\/\/(127\.|localhost|\[::1\])/.test(one.server);
    if (isLoopback && topology.clusters.length > 1 && !servers.has(one.context.cluster)) {
      findings.push({
        subject: `${one.context.cluster} (${one.context.context})`,
        ok: false,
        found: `its API server is given as ${one.server}, which pods of other clusters can not reach`,
        fix: `--api-server ${one.context.cluster}=https://ADDRESS:6443 names one that they can.`,
      });
    }
  }
  return findings;
}
