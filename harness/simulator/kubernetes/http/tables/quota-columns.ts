/** The columns of ResourceQuotas (pkg/printers/internalversion/printers.go @v1.34: printResourceQuota). */
import { type KubernetesObject, objectOf } from '../../registry/json.ts';
import { AGE, type Column, NAME, text } from './column.ts';

/** What is used of what, in the order of names: `pods: 1/3, secrets: 0/9`. */
function usedOf({ status }: KubernetesObject, isWanted: (name: string) => boolean): string {
  const { hard, used } = objectOf(status);
  return Object.entries(objectOf(hard))
    .filter(([name]) => isWanted(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, most]) => `${name}: ${String(objectOf(used)[name] ?? '0')}/${String(most)}`)
    .join(', ');
}

const isLimit = (name: string): boolean => name.startsWith('limits.');

/** Name, requests, limits, age. */
export const QUOTA: readonly Column[] = [
  NAME,
  text('Request', quota => usedOf(quota, name => !isLimit(name))),
  text('Limit', quota => usedOf(quota, isLimit)),
  AGE,
];
