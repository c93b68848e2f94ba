/**
 * `istioctl x describe`: how a pod takes connections, as PeerAuthentications say. Read from the objects, not
 * from the proxy (pilot/pkg/security/authn/policy_applier.go @1.30.3, ComposePeerAuthentication).
 */

import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { includesLabels } from '../../../../base/labels.ts';
import { type Tree, tree } from '../../../../base/untyped.ts';
import { ToolExit } from '../../invocation.ts';
import { type Call, ISTIO_NAMESPACE } from '../verb.ts';
import type { Labels, Pod } from './objects.ts';
import { revisionOf } from './pod-text.ts';

/** Describes the mode that counts, and the policies that it comes from. */
export async function* peerAuthenticationLines(call: Call, pod: Pod): AsyncGenerator<string> {
  const { client, signal } = call;
  const root = await rootNamespace(call, revisionOf(pod));
  const listed = async (namespace: string): Promise<readonly KubernetesObject[]> => {
    const path = { apiVersion: 'security.istio.io/v1', plural: 'peerauthentications', namespace };
    return (await client.list(path, {}, signal)).items;
  };
  const all = [...(await listed(root)), ...(await listed(pod.metadata.namespace ?? ''))];
  const matching = all.filter(each => includesLabels(pod.metadata.labels ?? {}, selectorOf(each) ?? {}));
  const { mode, ports } = composed(matching, root);
  yield 'Effective PeerAuthentication:';
  yield `   Workload mTLS mode: ${mode}`;
  if (ports.length > 0) yield '   Port Level mTLS mode:';
  for (const [port, own] of ports) yield `      ${port}: ${own}`;
  if (matching.length === 0) return;
  yield 'Applied PeerAuthentication:';
  const names = matching.map(({ metadata }) => `${metadata.name ?? ''}.${metadata.namespace ?? ''}`);
  yield `   ${names.join(', ')}`;
}

const selectorOf = (object: KubernetesObject): Labels | undefined => {
  const labels = tree(tree(object['spec'])['selector'])['matchLabels'] as Labels | undefined; // validated
  return labels && Object.keys(labels).length > 0 ? labels : undefined;
};

/** Of several for the same the oldest counts. */
function composed(all: readonly KubernetesObject[], root: string) {
  const oldest = (chosen: (object: KubernetesObject) => boolean) =>
    all
      .filter(chosen)
      .sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : createdAt(a) > createdAt(b) ? 1 : 0))[0];
  const isOfRoot = ({ metadata }: KubernetesObject) => metadata.namespace === root;
  const levels = [
    oldest(each => !selectorOf(each) && isOfRoot(each)),
    oldest(each => !selectorOf(each) && !isOfRoot(each)),
    oldest(each => selectorOf(each) !== undefined && !isOfRoot(each)),
  ].map(each => tree(each?.['spec']));
  const mode = levels.reduce((above, spec) => modeOf(tree(spec['mtls']), above), 'PERMISSIVE');
  const ports = Object.entries(tree(levels.at(-1)?.['portLevelMtls']));
  return { mode, ports: ports.map(([port, own]) => [port, modeOf(tree(own), mode)] as const) };
}

const createdAt = ({ metadata }: KubernetesObject): string => metadata.creationTimestamp ?? '';

const modeOf = ({ mode = 'UNSET' }: Tree, above: string): string => (mode === 'UNSET' ? above : String(mode));

/** @throws ToolExit without the mesh's configuration */
async function rootNamespace({ client, signal }: Call, revision: string): Promise<string> {
  const name = revision === '' || revision === 'default' ? 'istio' : `istio-${revision}`;
  const path = { apiVersion: 'v1', plural: 'configmaps', namespace: ISTIO_NAMESPACE, name };
  const found = await client.find(path, signal);
  if (!found)
    throw new ToolExit(
      `Error: failed to fetch mesh config: could not read configmap "${name}" from namespace ` +
        `"${ISTIO_NAMESPACE}": configmaps "${name}" not found`,
    );
  const mesh = tree(yaml.load(String(tree(found['data'])['mesh'] ?? '')));
  return String(mesh['rootNamespace'] ?? ISTIO_NAMESPACE);
}
