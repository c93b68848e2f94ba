/** The door by which remotes come to their istiod: what of their primary's gateway is closed to them. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { list } from '../../base/untyped.ts';
import type { Diagnosis } from '../check.ts';
import { GATEWAY, ISTIO_NAMESPACE, ISTIOD_PORT } from '../workloads.ts';
import { type ClusterObjects, itemsOr } from './cluster-objects.ts';
import type { ClusterFacts } from './facts.ts';
import { at, text } from './object-fields.ts';
import type { StepIndex } from './steps.ts';

/** What the door of a primary is made of. */
type Door = Pick<ClusterFacts, 'openPorts'> & {
  readonly spec: Pick<ClusterFacts['spec'], 'name'>;
  readonly objects: Pick<ClusterObjects, 'istioServices' | 'destinationRules'>;
};

/** A closed door: why, in a clause, and the steps that open it. */
type Closed = Pick<Diagnosis, 'sentence' | 'steps'>;

/**
 * Finds what is closed on the way through a gateway to its istiod: a port of its Service, one that no Gateway
 * opens, or a rule for what goes on from there.
 * @param ports - those that the remote needs
 * @returns undefined if nothing is
 */
export function closedDoor(
  { spec, objects, openPorts }: Door,
  ports: readonly number[],
  steps: StepIndex,
): Closed | undefined {
  const { name } = spec;
  const unopened = ports.find(port => !openPorts.includes(port));
  if (unopened !== undefined) {
    const what = unopened === ISTIOD_PORT ? 'istiod' : `port ${unopened}, that of istiod's webhook`;
    return {
      sentence: `the east-west gateway of ${name} does not expose ${what}`,
      steps: steps.about('expose-istiod', name),
    };
  }
  const service = itemsOr(objects.istioServices).find(({ metadata }) => metadata.name === GATEWAY);
  const has = list(at(service, 'spec', 'ports')).map(port => at(port, 'port'));
  const lacking = service && ports.find(port => !has.includes(port));
  if (lacking !== undefined) {
    return {
      sentence: `the Service of the east-west gateway of ${name} has no port ${lacking}, for istiod`,
      steps: steps.about('gateway-install', name),
    };
  }
  const rule = wrappingRule(itemsOr(objects.destinationRules));
  return rule && { sentence: wraps(rule, name), steps: [] };
}

const wraps = ({ metadata }: KubernetesObject, name: string): string =>
  `the DestinationRule ${metadata.namespace}/${metadata.name} has the east-west gateway of ${name} ` +
  'wrap in TLS of its own what it passes on to istiod';

/** Counts how much of istiod's name a rule's host has; undefined if it is for others. */
function coverOf(rule: KubernetesObject): number | undefined {
  const istiod = `istiod.${ISTIO_NAMESPACE}.svc.cluster.local`;
  const host = text(at(rule, 'spec', 'host')) ?? '';
  if (host === istiod || istiod.startsWith(`${host}.`)) return istiod.length;
  return host.startsWith('*') && istiod.endsWith(host.slice(1)) ? host.length - 1 : undefined;
}

/**
 * Finds the rule by which a gateway speaks TLS to istiod. The most specific host counts, among the rules of
 * its namespace, which is istiod's too and the root namespace.
 */
function wrappingRule(rules: readonly KubernetesObject[]): KubernetesObject | undefined {
  const [first] = rules
    .filter(({ metadata }) => metadata.namespace === ISTIO_NAMESPACE)
    .flatMap(rule => {
      const cover = coverOf(rule);
      return cover === undefined ? [] : [{ rule, cover }];
    })
    .sort((a, b) => b.cover - a.cover);
  const policy = at(first?.rule, 'spec', 'trafficPolicy');
  const ofPort = list(at(policy, 'portLevelSettings')).find(
    each => at(each, 'port', 'number') === ISTIOD_PORT,
  );
  const mode = at(ofPort ?? policy, 'tls', 'mode');
  return mode === undefined || mode === 'DISABLE' ? undefined : first?.rule;
}
