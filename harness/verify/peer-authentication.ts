/** Whether a workload takes plain text: what PeerAuthentication says of it. */
import type { ApiClient } from '../base/api-client.ts';
import { KubernetesApiError, type KubernetesObject } from '../base/kubernetes-client.ts';
import { type ClusterSpec, controlPlaneOf } from '../model/topology.ts';
import type { CheckContext } from './check.ts';
import { at, text } from './diagnose/object-fields.ts';
import type { PodFact } from './pods.ts';
import { ISTIO_NAMESPACE, NAMESPACE } from './workloads.ts';

/** The mode of a workload's inbound mTLS. */
export interface MtlsMode {
  readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE';
  /** Where it is said: `sample/strict`, or `no PeerAuthentication`. */
  readonly saidBy: string;
  /** The object that says it. */
  readonly policy?: { readonly namespace: string; readonly name: string };
}

/**
 * Reads the PeerAuthentications of a control plane that can speak of HelloWorld: those of the mesh and those
 * of its namespace, the oldest first.
 * @param client - of the cluster that the control plane reads its configuration from
 */
async function peerAuthenticationsIn(
  client: ApiClient,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const found = await Promise.all(
    [ISTIO_NAMESPACE, NAMESPACE].map(async namespace => {
      try {
        return (await client.list({ ...PEER_AUTHENTICATIONS, namespace }, {}, signal)).items;
      } catch (error) {
        if (error instanceof KubernetesApiError && error.code === 404) return []; // no such kind
        throw error;
      }
    }),
  );
  return oldestFirst(found.flat());
}

/** Sorts policies by their age: the oldest of equal ones counts. */
export function oldestFirst(policies: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const age = ({ metadata }: KubernetesObject) => metadata.creationTimestamp ?? '';
  return [...policies].sort((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0));
}

/** The kind, in the version that releases since 1.5 serve. */
export const PEER_AUTHENTICATIONS = {
  apiVersion: 'security.istio.io/v1beta1',
  plural: 'peerauthentications',
} as const;

const MODES = ['STRICT', 'PERMISSIVE', 'DISABLE'] as const;

/**
 * Finds the mode of a port of a workload in the guide's namespace: the workload's policy goes before the
 * namespace's, and that before the mesh's; the oldest of equal ones counts (istio/istio
 * pilot/pkg/security/authn/policy_applier.go, ComposePeerAuthentication @1.30.3). Pure.
 */
export function mtlsModeOf(
  policies: readonly KubernetesObject[],
  labels: Readonly<Record<string, string | undefined>>,
  port: number,
): MtlsMode {
  const selectorOf = (policy: KubernetesObject) => {
    const selected = at(policy, 'spec', 'selector', 'matchLabels');
    return typeof selected === 'object' && selected !== null ? Object.entries(selected) : [];
  };
  const inNamespace = (namespace: string) =>
    policies.filter(({ metadata }) => metadata.namespace === namespace);
  const ofWorkload = inNamespace(NAMESPACE).filter(policy => {
    const selector = selectorOf(policy);
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  });
  const ofAll = (namespace: string) =>
    inNamespace(namespace).filter(policy => selectorOf(policy).length === 0);
  const levels = [ofWorkload, ofAll(NAMESPACE), ofAll(ISTIO_NAMESPACE)];
  for (const [policy] of levels) {
    if (!policy) continue;
    const said =
      text(at(policy, 'spec', 'portLevelMtls', String(port), 'mode')) ??
      text(at(policy, 'spec', 'mtls', 'mode'));
    const mode = MODES.find(known => known === said);
    const { namespace = '', name = '' } = policy.metadata;
    if (mode) return { mode, saidBy: `PeerAuthentication ${namespace}/${name}`, policy: { namespace, name } };
  }
  return { mode: 'PERMISSIVE', saidBy: 'no PeerAuthentication' };
}

/** Finds the mode of a pod's port, from what the control plane of its cluster reads. */
export async function modeOf(
  { clusters, signal }: Pick<CheckContext, 'clusters' | 'signal'>,
  cluster: ClusterSpec,
  pod: Pick<PodFact, 'app' | 'version'>,
  port: number,
): Promise<MtlsMode> {
  const client = clusters.get(controlPlaneOf(cluster))?.client;
  const policies = client ? await peerAuthenticationsIn(client, signal) : [];
  return mtlsModeOf(policies, { app: pod.app, version: pod.version }, port);
}
