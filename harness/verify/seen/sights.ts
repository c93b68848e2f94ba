/** What lists of objects show of the parts of a cluster. Pure. */
import { messageOf } from '../../base/errors.ts';
import { list } from '../../base/untyped.ts';
import type { ClusterObjects, Listed } from '../diagnose/cluster-objects.ts';
import { istiodElsewhere } from '../diagnose/installed.ts';
import { at, text } from '../diagnose/object-fields.ts';
import { addressesOf } from '../gateway-addresses.ts';
import { describePod, type PodFact, podsOf } from '../pods.ts';
import { GATEWAY } from '../workloads.ts';
import type { SeenGateway, SeenIstiod, SeenIstiodService, SeenOwner, SeenPods, Sight } from './seen.ts';

/** The lists that a look asks for. */
export const LOOKED_AT = ['istioPods', 'istioServices', 'istioSlices', 'istioSecrets', 'samplePods'] as const;

/** Their answers, of one cluster. */
export type Lists = Pick<ClusterObjects, (typeof LOOKED_AT)[number]>;

/** Says that something was not seen, and why. */
export const unseen = (why: string): Sight & { readonly state: 'not-seen' } => ({
  state: 'not-seen',
  error: why,
});

/** Returns why a list was not given; undefined if it was. */
export const refusalOf = (listed: Listed): string | undefined =>
  'error' in listed ? messageOf(listed.error) : undefined;

/** Tells whether every container of a pod is ready, with a sidecar or without. */
const isUp = ({ status, readyContainers, containers }: PodFact): boolean =>
  status === 'Running' && readyContainers === containers;

/** Returns the pods of a list; none if it was refused. */
export const podsIn = (listed: Listed): readonly PodFact[] => ('items' in listed ? podsOf(listed.items) : []);

/** Writes why pods are not up: how `kubectl get pod` shows them, and what Kubernetes says of it. */
function troubleOf(pods: readonly PodFact[]): string {
  const message = pods.map(pod => pod.message).find(each => each !== undefined);
  return `${pods.map(describePod).join(', ')}${message === undefined ? '' : ` (${message})`}`;
}

/** Looks for pods: present if one is up, broken if there are some and none is. */
export function podsSeen(listed: Listed, isMeant: (pod: PodFact) => boolean): SeenPods {
  const refused = refusalOf(listed);
  if (refused !== undefined) return { ...unseen(refused), pods: 0, ready: 0 };
  const pods = podsIn(listed).filter(isMeant);
  const counts = { pods: pods.length, ready: pods.filter(isUp).length };
  if (pods.length === 0) return { state: 'absent', ...counts };
  return counts.ready > 0
    ? { state: 'present', ...counts }
    : { state: 'broken', error: `not ready: ${troubleOf(pods)}`, ...counts };
}

/** Looks for istiod. */
export function istiodSeen({ istioPods }: Lists): SeenIstiod {
  const seen = podsSeen(istioPods, ({ app }) => app === 'istiod');
  const pod = ('items' in istioPods ? istioPods.items : []).find(
    ({ metadata }) => metadata.labels?.['app'] === 'istiod',
  );
  const image = text(at(pod, 'spec', 'containers', 0, 'image')) ?? '';
  const version = /:([^:/@]+)(?:@|$)/.exec(image)?.[1];
  return { ...seen, ...(version !== undefined && { version }) };
}

/** Looks for the east-west gateway: a Service with an address, and a ready pod behind it. */
export function gatewaySeen({ istioPods, istioServices }: Lists): SeenGateway {
  const pods = podsSeen(istioPods, ({ app }) => app === GATEWAY);
  const refused = refusalOf(istioServices);
  if (refused !== undefined) return { ...pods, ...unseen(refused), addresses: [] };
  const service = ('items' in istioServices ? istioServices.items : []).find(
    ({ metadata }) => metadata.name === GATEWAY,
  );
  const addresses = service
    ? [...addressesOf(service), ...list(at(service, 'spec', 'externalIPs')).map(text)].filter(
        address => address !== undefined,
      )
    : [];
  const broken = (error: string) => ({ ...pods, state: 'broken' as const, error, addresses });
  if (pods.state === 'not-seen') return { ...pods, addresses };
  if (!service) return pods.pods === 0 ? { ...pods, addresses } : broken(`there is no Service ${GATEWAY}`);
  if (pods.state === 'absent') return broken(`the Service ${GATEWAY} has no pod`);
  if (pods.state === 'broken') return { ...pods, addresses };
  return addresses.length === 0 ? broken(`the Service ${GATEWAY} has no address`) : { ...pods, addresses };
}

/** Looks for the Service by which a remote finds its istiod. */
export function istiodServiceSeen(lists: Lists, ownerOf: (address: string) => SeenOwner): SeenIstiodService {
  const refused = refusalOf(lists.istioServices) ?? refusalOf(lists.istioSlices);
  if (refused !== undefined) return { ...unseen(refused), leadsTo: [] };
  const found = istiodElsewhere(lists);
  if (!found) return { state: 'absent', leadsTo: [] };
  const { name, addresses } = found;
  if (addresses.length === 0) {
    return { state: 'broken', error: `the Service ${name} leads nowhere: no endpoint`, name, leadsTo: [] };
  }
  return {
    state: 'present',
    name,
    leadsTo: addresses.map(address => ({ address, owner: ownerOf(address) })),
  };
}
