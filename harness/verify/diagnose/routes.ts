/** Where VirtualServices route the calls of HelloWorld: to subsets, and which pods these have. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { list } from '../../base/untyped.ts';
import { type ClusterObjects, itemsOr } from './cluster-objects.ts';
import { at, text } from './object-fields.ts';
import { isOfService } from './sample-settings.ts';

/** All calls of HelloWorld go to subsets of it. */
export interface Routed {
  /** The VirtualService: `sample/helloworld`. */
  readonly by: string;
  readonly subsets: readonly string[];
}

const isForMesh = (service: KubernetesObject): boolean => {
  const gateways = list(at(service, 'spec', 'gateways'));
  return gateways.length === 0 || gateways.includes('mesh');
};

const isOurs = (host: unknown): boolean => isOfService(text(host) ?? '');

/** Returns the destinations of the first route that all calls can take. */
function destinationsOf(service: KubernetesObject): readonly unknown[] {
  const open = list(at(service, 'spec', 'http')).find(route => list(at(route, 'match')).length === 0);
  return list(at(open, 'route'))
    .filter(each => at(each, 'weight') !== 0)
    .map(each => at(each, 'destination'));
}

/**
 * Finds the VirtualService that has all calls of HelloWorld go to subsets, among the objects of the cluster
 * that the client's istiod reads.
 * @returns undefined if there is none, or some calls go to all of its pods or to another service
 */
export function routedTo(objects: Pick<ClusterObjects, 'virtualServices'>): Routed | undefined {
  const service = itemsOr(objects.virtualServices).find(
    each => isForMesh(each) && list(at(each, 'spec', 'hosts')).some(isOurs),
  );
  if (!service) return undefined;
  const subsets = destinationsOf(service).map(each =>
    isOurs(at(each, 'host')) ? text(at(each, 'subset')) : undefined,
  );
  if (subsets.length === 0 || subsets.includes(undefined)) return undefined;
  const { namespace = '', name = '' } = service.metadata;
  return { by: `${namespace}/${name}`, subsets: subsets.filter(each => each !== undefined) };
}

/**
 * Tells whether a VirtualService leads some calls elsewhere than to all of HelloWorld. One may just set
 * retries.
 */
export const leadsElsewhere = (service: KubernetesObject): boolean =>
  list(at(service, 'spec', 'http')).some(route => {
    const destinations = list(at(route, 'route')).map(each => at(each, 'destination'));
    return (
      destinations.length === 0 ||
      at(route, 'fault') !== undefined ||
      destinations.some(to => !isOurs(at(to, 'host')) || at(to, 'subset') !== undefined)
    );
  });

/** Returns the labels of a subset of HelloWorld; undefined if no DestinationRule defines it. */
export function labelsOf(
  objects: Pick<ClusterObjects, 'destinationRules'>,
  subset: string,
): readonly [string, unknown][] | undefined {
  const found = itemsOr(objects.destinationRules)
    .filter(rule => isOurs(at(rule, 'spec', 'host')))
    .flatMap(rule => list(at(rule, 'spec', 'subsets')))
    .find(each => at(each, 'name') === subset);
  if (found === undefined) return undefined;
  return Object.entries(at(found, 'labels') ?? {});
}
