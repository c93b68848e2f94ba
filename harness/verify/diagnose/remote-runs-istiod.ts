/** A remote of today's guide was installed as a primary: its proxies are served there, with another root. */
import { controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const remoteRunsIstiod: Pattern = ({ clusters }, steps) => {
  // In 1.8 remotes have an istiod for their webhooks; only today's guide has the annotation.
  const odd = [...clusters.values()].find(
    ({ spec, readyIstiods, controlPlaneClusters }) =>
      isRemote(spec) && readyIstiods > 0 && controlPlaneClusters !== undefined,
  );
  if (!odd) return undefined;
  const { spec } = odd;
  return {
    cause: 'remote-runs-istiod',
    sentence: `${spec.name} has an istiod of its own, though it is a remote of ${controlPlaneOf(spec)}: it was not installed with the profile remote.`,
    steps: inOrder(steps.about('install', spec.name)),
  };
};
