/** MISPLACED and SKEWED: everyone answers, but not from where, or not as often as, the topology says. */
import { SERVICE } from '../workloads.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const misplaced: Pattern = ({ symptom, clusters, topology }, steps) => {
  if (symptom !== 'MISPLACED' && symptom !== 'SKEWED') return undefined;
  for (const { spec, pods } of clusters.values()) {
    const versions = [
      ...new Set(pods.filter(({ app }) => app === SERVICE).map(({ version }) => version ?? '?')),
    ].sort();
    const strange = versions.filter(version => !spec.helloWorld.includes(version));
    if (strange.length > 0) {
      return {
        cause: 'versions-misplaced',
        sentence: `${spec.name} runs HelloWorld ${strange.join(' and ')}, which the topology "${topology.name}" does not put there: with every version at hand, answers tell nothing about other clusters.`,
        steps: inOrder(steps.about('workload', spec.name), steps.about('service', spec.name)),
      };
    }
  }
  if (symptom === 'MISPLACED') return undefined;
  return {
    cause: 'shares-skewed',
    sentence:
      'Every cluster answers, but not as often as its endpoints should: look for more or fewer gateway addresses than clusters, or calls that were answered elsewhere after a retry.',
    steps: inOrder(steps.about('gateway-install'), steps.about('install')),
  };
};
