/** The defaults of LimitRanges (pkg/apis/core/v1/defaults.go @v1.34: SetDefaults_LimitRangeItem). */
import { child } from './fill.ts';
import { type KubernetesObject, objectOf, objectsOf } from './json.ts';

/**
 * Fills in limits of containers: the default is the most, the default request is the default or the least.
 */
export function defaultLimitRange(range: KubernetesObject): void {
  for (const limit of objectsOf(child(range, 'spec')['limits'])) {
    if (limit['type'] !== 'Container') continue;
    const limits = { ...objectOf(limit['max']), ...objectOf(limit['default']) };
    const requests = { ...objectOf(limit['min']), ...limits, ...objectOf(limit['defaultRequest']) };
    if (Object.keys(limits).length > 0) limit['default'] = limits;
    if (Object.keys(requests).length > 0) limit['defaultRequest'] = requests;
  }
}
