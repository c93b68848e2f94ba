/**
 * What a pod as a whole asks for and may take (component-helpers resource/helpers.go @v0.34: PodRequests,
 * PodLimits): of its containers the sum, of its init containers the most at a time.
 */
import { type Amount, added, amountOf, NOTHING } from './amount.ts';
import { type JsonObject, objectOf, objectsOf } from './json.ts';

/** Amounts by the name of the resource. */
export type Amounts = ReadonlyMap<string, Amount>;

/** Reads a list of resources. */
export const amountsOf = (list: unknown): Map<string, Amount> =>
  new Map(Object.entries(objectOf(list)).map(([name, quantity]) => [name, amountOf(quantity)]));

/** The sum, resource by resource. */
function sumOf(one: Amounts, other: Amounts): Map<string, Amount> {
  const result = new Map(one);
  for (const [name, amount] of other) result.set(name, added(result.get(name) ?? NOTHING, amount));
  return result;
}

function mostOf(one: Amounts, other: Amounts): Map<string, Amount> {
  const result = new Map(one);
  for (const [name, amount] of other) {
    const own = result.get(name);
    if (own === undefined || amount.nano > own.nano) result.set(name, amount);
  }
  return result;
}

/** @param kind - whether of requests or of limits */
export function podAmounts(spec: JsonObject, kind: 'requests' | 'limits'): Amounts {
  const ofOne = (container: JsonObject) => amountsOf(objectOf(container['resources'])[kind]);
  let total = new Map<string, Amount>();
  for (const container of objectsOf(spec['containers'])) total = sumOf(total, ofOne(container));
  // Sidecars stay; each init container runs beside those that came before it.
  let sidecars = new Map<string, Amount>();
  let most = new Map<string, Amount>();
  for (const container of objectsOf(spec['initContainers'])) {
    const own = ofOne(container);
    if (container['restartPolicy'] === 'Always') {
      total = sumOf(total, own);
      sidecars = sumOf(sidecars, own);
      most = mostOf(most, sidecars);
    } else most = mostOf(most, sumOf(sidecars, own));
  }
  total = mostOf(total, most);
  for (const [name, amount] of amountsOf(objectOf(spec['resources'])[kind])) total.set(name, amount);
  const overhead = amountsOf(spec['overhead']);
  if (kind === 'requests') return sumOf(total, overhead);
  for (const [name, amount] of overhead) {
    const own = total.get(name);
    if (own) total.set(name, added(own, amount));
  }
  return total;
}
