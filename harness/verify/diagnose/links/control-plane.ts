/** The control planes: an istiod that is ready in each primary. */
import { primariesOf } from '../../../model/topology.ts';
import { describePod, podsOf } from '../../pods.ts';
import { itemsOf } from '../cluster-objects.ts';
import { broken, eachOf, ok } from './findings.ts';
import type { Link } from './link.ts';

/** An istiod that is ready in each primary. */
export const controlPlane: Link = {
  id: 'control-plane',
  asks: 'Does a ready istiod run in each primary?',
  look: chain =>
    eachOf(chain, primariesOf(chain.topology), ({ name, facts, installed }) => {
      const pods = podsOf(itemsOf(facts.objects, 'istioPods')).filter(({ app }) => app === 'istiod');
      const steps = [chain.steps.about('install', name), chain.steps.about('certificates', name)];
      if (pods.length === 0) return broken(`no pod of istiod exists in ${name}`, steps);
      if (facts.readyIstiods > 0) return ok(`istiod ${installed.version ?? ''} is ready in ${name}`);
      return broken(`istiod is not ready in ${name}: ${pods.map(describePod).join(', ')}`, steps);
    }),
};
