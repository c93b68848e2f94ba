/** The paths by which clusters and routes name the rules that they come from. */
import type { PushContext } from '../mesh/push-context.ts';

/**
 * Returns the path of a rule, in the version in which the release reads it (pkg/config/schema/collections).
 * @param key - `sample/helloworld`
 */
export function rulePath(
  { behaviour }: PushContext,
  kind: 'destination-rule' | 'virtual-service',
  key: string,
): string {
  const at = key.indexOf('/');
  const place = `namespaces/${key.slice(0, at)}/${kind}/${key.slice(at + 1)}`;
  return `/apis/networking.istio.io/${behaviour.rulesVersion}/${place}`;
}
