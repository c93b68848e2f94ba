/** The Service in each cluster: clients find its name, and it picks the pods that are to answer. */
import { NAMESPACE, SERVICE } from '../../workloads.ts';
import { itemsOf, objectIn } from '../cluster-objects.ts';
import { at } from '../object-fields.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

/** What curl says when a name is unknown. */
const UNKNOWN_NAME = 6;
const EXPORT_TO = 'networking.istio.io/exportTo';

function judgeName(chain: Chain, { name }: Reached): Finding {
  const asked = chain.probes.calls.get(name);
  if (!asked) return notAsked(`there is no client in ${name} to look the name up`);
  if ('trouble' in asked) return notAsked(`whether ${name} knows the name: ${asked.trouble}`);
  if (asked.answer.exitCode !== UNKNOWN_NAME)
    return ok(`the client in ${name} finds ${SERVICE}.${NAMESPACE}`);
  return broken(
    `the Service exists in ${name}, and its name server does not know ${SERVICE}.${NAMESPACE}`,
    [chain.steps.about('service', name)],
    { isEnvironment: true },
  );
}

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts } = cluster;
  const steps = [chain.steps.about('service', name), chain.steps.about('sample-namespace', name)];
  if (!facts.namespaceExists)
    return broken(`the namespace ${NAMESPACE} does not exist in ${name}`, [...steps].reverse());
  const service = objectIn(facts.objects, 'sampleServices', SERVICE);
  if (!service) {
    const names = itemsOf(facts.objects, 'sampleServices').map(({ metadata }) => metadata.name);
    const others = names.length === 0 ? '' : `; there is ${names.join(', ')}`;
    return broken(
      `there is no Service ${SERVICE} in ${name}, so that its name is unknown there${others}`,
      steps,
    );
  }
  const selector = Object.entries(
    (at(service, 'spec', 'selector') as Record<string, string> | undefined) ?? {},
  ); // of the API's schema
  const isPicked = itemsOf(facts.objects, 'samplePods').some(({ metadata }) =>
    selector.every(([key, value]) => metadata.labels?.[key] === value),
  );
  if (selector.length > 0 && !isPicked && facts.pods.some(({ app }) => app === SERVICE)) {
    const picks = selector.map(pair => pair.join('=')).join(',');
    return broken(
      `the Service ${SERVICE} of ${name} picks ${picks}, and no pod of HelloWorld has that`,
      steps,
    );
  }
  const scope = service.metadata.annotations?.[EXPORT_TO];
  if (
    scope !== undefined &&
    !scope.split(',').some(each => each === '*' || each === '.' || each === NAMESPACE)
  ) {
    return broken(`the Service ${SERVICE} of ${name} is exported to ${scope} only`, steps);
  }
  return facts.spec.client ? judgeName(chain, cluster) : ok(`${name} has the Service`);
}

/** The Service and the name of it, in each cluster. */
export const service: Link = {
  id: 'service',
  asks: 'Is the Service in each cluster, does it pick HelloWorld’s pods, and do clients find its name?',
  look: chain => {
    const specs = chain.topology.clusters.filter(({ client, helloWorld }) => client || helloWorld.length > 0);
    return specs.length === 0
      ? [notAsked('neither HelloWorld nor a client is there')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
