/** The versions: each cluster runs its own, so that an answer tells where a call went. */
import { SERVICE } from '../../workloads.ts';
import type { Chain } from './chain.ts';
import { broken, contextOf, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

function judge(chain: Chain, { name, facts }: Reached): Finding {
  const { pods, spec } = facts;
  const versions = [
    ...new Set(
      pods.filter(({ app }) => app === SERVICE).map(({ version }) => version ?? 'without a version'),
    ),
  ].sort();
  const strange = versions.filter(version => !spec.helloWorld.includes(version));
  const missing = spec.helloWorld.filter(version => !versions.includes(version));
  if (strange.length > 0) {
    const answers = `an answer of ${strange.join(' or ')} there does not show that a call crossed`;
    const deployments = strange.map(version => `${SERVICE}-${version}`).join(' ');
    return broken(
      `${name} runs ${versions.join(' and ')} instead of ${spec.helloWorld.join(' and ') || 'none'}`,
      [chain.steps.about('service', name), chain.steps.about('workload', name)],
      {
        sentence: `${name} runs HelloWorld ${versions.join(' and ')}: ${answers}.`,
        repair: `kubectl ${contextOf(name)} delete deployment ${deployments} -n sample`,
      },
    );
  }
  if (versions.length > 1) {
    const both = versions.join(' and ');
    return broken(`${name} runs ${both} together`, [chain.steps.about('service', name)], {
      sentence: `${name} runs HelloWorld ${both}: answers of both do not show that a call crossed.`,
    });
  }
  if (missing.length > 0)
    return broken(`${missing.join(' and ')} has no pod in ${name}`, [chain.steps.about('workload', name)]);
  return ok(`${versions.join(' and ') || 'none'} in ${name}`);
}

/** The versions of HelloWorld, each in its own cluster. */
export const versions: Link = {
  id: 'versions',
  asks: 'Does each cluster run its own version of HelloWorld, and no other?',
  look: chain =>
    chain.topology.clusters.some(({ helloWorld }) => helloWorld.length > 0)
      ? eachOf(chain, chain.topology.clusters, cluster => judge(chain, cluster))
      : [notAsked('HelloWorld is not there')],
};
