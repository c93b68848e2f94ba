/**
 * Reads the facts that a pod may learn about itself: fieldRef and resourceFieldRef, in environments and in
 * downwardAPI volumes.
 */
import type { Pod } from '../../client/kinds.ts';
import { parseQuantity } from '../../registry/quantity.ts';

/** What is known of the pod beside its object: addresses come from the kubelet, not from the API. */
export interface PodFacts {
  readonly pod: Pod;
  readonly podIP: string;
  readonly hostIP: string;
  /** What a container without limits could use at most. */
  readonly allocatable: { readonly cpu: number; readonly memory: number };
}

/** @throws Error for a path that Kubernetes does not support */
export function fieldValue(facts: PodFacts, path: string): string {
  const { metadata, spec } = facts.pod;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default';
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIP;
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIP;
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

/**
 * Writes sorted `key="escaped value"` lines (kubernetes/kubernetes pkg/fieldpath/fieldpath.go: FormatMap).
 */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** @returns the amount in units of the divisor, rounded up; a limit that is not set is what the node has */
export function resourceValue(
  facts: PodFacts,
  containerName: string,
  resource: string,
  divisor: string | number | undefined,
): string {
  const { containers, initContainers = [] } = facts.pod.spec;
  const container = [...containers, ...initContainers].find(({ name }) => name === containerName);
  const [kind = '', what = ''] = resource.split('.');
  const resources = container?.resources;
  const declared =
    kind === 'limits'
      ? resources?.limits?.[what]
      : (resources?.requests?.[what] ?? resources?.limits?.[what]);
  const amount =
    declared === undefined && kind === 'limits' && (what === 'cpu' || what === 'memory')
      ? facts.allocatable[what]
      : parseQuantity(declared);
  return String(Math.ceil(amount / (parseQuantity(divisor) || 1) - 1e-9));
}
