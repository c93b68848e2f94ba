/** Decides if a pod gets a sidecar (pkg/kube/inject/inject.go, injectRequired). */
import type { IstioBehaviour } from '../../behaviour.ts';

const IGNORED_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];
const INJECT = 'sidecar.istio.io/inject';

/** The part of a pod's metadata that decides. */
export interface PodMeta {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Tells whether a pod gets a sidecar. The API server has looked at the labels of namespace and pod before,
 * with the webhook's selectors.
 * @param policy - of the injector's configuration; `enabled` by default
 */
export function isInjectionWanted(
  behaviour: IstioBehaviour,
  policy: string,
  namespace: string,
  pod: { readonly metadata: PodMeta; readonly hostNetwork: boolean },
): boolean {
  if (pod.hostNetwork || IGNORED_NAMESPACES.includes(namespace)) return false;
  const { labels, annotations } = pod.metadata;
  const wish =
    (behaviour.injection.heedsInjectLabel ? labels?.[INJECT] : undefined) ?? annotations?.[INJECT] ?? '';
  switch (wish.toLowerCase()) {
    case 'y':
    case 'yes':
    case 'true':
    case 'on':
      return true;
    case '':
      return policy === 'enabled';
    default:
      return false;
  }
}
