/** Injection: the namespace asks for it, a webhook does it, and pods have their sidecar. */
import { list } from '../../../base/untyped.ts';
import { NAMESPACE } from '../../workloads.ts';
import { itemsOf } from '../cluster-objects.ts';
import { controlPlaneSteps } from '../control-plane.ts';
import { at } from '../object-fields.ts';
import { explainMissingSidecar } from '../sidecar-missing.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

/** Returns the webhooks that inject, of any revision. @throws NotAsked */
const hooksOf = ({ facts }: Reached): readonly unknown[] =>
  itemsOf(facts.objects, 'webhooks')
    .filter(({ metadata }) => /^istio-(sidecar-injector|revision-tag)/.test(metadata.name ?? ''))
    .flatMap(each => list(at(each, 'webhooks')));

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts } = cluster;
  if (!facts.namespaceExists) return notAsked(`the namespace ${NAMESPACE} does not exist in ${name}`);
  const bare = facts.pods.filter(({ hasSidecar }) => !hasSidecar).map(pod => pod.name);
  // A revision's label asks too; which of the two it is, the pods show.
  if (bare.length > 0 || (facts.injection !== 'enabled' && facts.pods.length === 0)) {
    const { sentence, steps } = explainMissingSidecar(facts, chain.steps);
    const seen =
      bare.length > 0
        ? `${bare.join(', ')} in ${name} has no sidecar`
        : `${NAMESPACE} of ${name} does not ask for sidecars`;
    return broken(seen, [steps], { sentence: sentence.replace(/\.$/, '.') });
  }
  const hooks = hooksOf(cluster);
  if (hooks.length === 0)
    return broken(`no webhook injects sidecars in ${name}`, [chain.steps.about('install', name)]);
  if (hooks.every(hook => !at(hook, 'clientConfig', 'caBundle'))) {
    return broken(`the injection webhook of ${name} has no CA bundle: no istiod has taken it over`, [
      controlPlaneSteps(facts, chain.steps),
    ]);
  }
  return ok(`${facts.pods.length} pods in ${name} have a sidecar`);
}

/** The sidecars of workloads, and who injects them. */
export const injection: Link = {
  id: 'injection',
  asks: 'Does the namespace ask for sidecars, does an istiod serve the webhook, and has each pod one?',
  look: chain => {
    const specs = chain.topology.clusters.filter(({ client, helloWorld }) => client || helloWorld.length > 0);
    return specs.length === 0
      ? [notAsked('neither HelloWorld nor a client is there')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
