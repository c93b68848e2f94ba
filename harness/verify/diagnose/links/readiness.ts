/** Readiness: the pods that are to answer and to ask exist, and are ready as the guide shows them. */

import { describePod } from '../../pods.ts';
import { SERVICE } from '../../workloads.ts';
import { explainUnready } from '../unready-workloads.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

function judge(chain: Chain, { name, facts }: Reached): Finding {
  const { spec, pods } = facts;
  const lacking = [
    ...(spec.helloWorld.length > 0 && !pods.some(({ app }) => app === SERVICE) ? [SERVICE] : []),
    ...(spec.client && !pods.some(({ app }) => app === chain.client) ? [chain.client] : []),
  ];
  const unready = pods.filter(({ isReady }) => !isReady);
  if (lacking.length === 0 && unready.length === 0) return ok(`${pods.length} pods in ${name} are ready`);
  const seen = [
    ...lacking.map(app => `no pod of ${app}`),
    ...unready.map(pod => `${describePod(pod)}${pod.message === undefined ? '' : ` (${pod.message})`}`),
  ];
  const why = explainUnready(chain, spec, chain.steps, chain.client);
  const isEnvironment =
    unready.length > 0 && unready.every(({ blockedByEnvironment }) => blockedByEnvironment);
  return broken(`in ${name}: ${seen.join(', ')}`, [why?.steps ?? []], {
    ...(why && !isEnvironment && { sentence: why.sentence }),
    ...(isEnvironment && { isEnvironment }),
  });
}

/** The pods of workloads, ready. */
export const readiness: Link = {
  id: 'readiness',
  asks: 'Are the pods of HelloWorld and of the client there, and ready?',
  look: chain => {
    const specs = chain.topology.clusters.filter(({ client, helloWorld }) => client || helloWorld.length > 0);
    return specs.length === 0
      ? [notAsked('neither HelloWorld nor a client is there')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
