/** What troubles of a control plane point to. */
import type { ClusterName } from '../../../model/names.ts';
import type { ClusterSpec } from '../../../model/topology.ts';
import type { Diagnosis } from '../../check.ts';
import { mending } from '../../diagnose/mending.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import type { PodFact } from '../../pods.ts';
import { ISTIO_NAMESPACE, SIDECAR } from '../../workloads.ts';

/** A trouble of the control plane, and the pod that has it. */
export interface Trouble {
  readonly kind: 'absent' | 'not ready' | 'restarted' | 'panic' | 'not taken';
  readonly found: string;
  readonly pod?: PodFact;
}

/** The kinds, those first that explain others. */
const KINDS: readonly Trouble['kind'][] = ['absent', 'not ready', 'panic', 'restarted', 'not taken'];

/** `istiod` of `istiod-5b6cdcb7c8-xw2lp`. */
const deploymentOf = (pod: string): string => pod.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, '');

/** The container whose log tells of the pod. */
export const containerOf = ({ app }: PodFact): string => (app === 'istiod' ? 'discovery' : SIDECAR);

/** Shows why a program ended, and starts it afresh: the pod's log goes with the pod. */
const afresh = (cluster: ClusterName, pod: PodFact) => [
  mending(cluster, '-n', ISTIO_NAMESPACE, 'logs', pod.name, '-c', containerOf(pod), '--previous'),
  mending(cluster, '-n', ISTIO_NAMESPACE, 'rollout', 'restart', 'deployment', deploymentOf(pod.name)),
];

/**
 * Explains the trouble that explains the others.
 * @param away - what is said where no istiod is ready
 */
export function explainTroubles(
  troubles: readonly Trouble[],
  spec: ClusterSpec,
  steps: StepIndex,
  away: Diagnosis | undefined,
): Diagnosis {
  const { name } = spec;
  const known = {
    cause: 'control-plane-unhealthy',
    steps: inOrder(steps.about('install', name), steps.about('gateway-install', name)),
  } as const;
  const kind = KINDS.find(each => troubles.some(trouble => trouble.kind === each));
  const first = troubles.find(trouble => trouble.kind === kind);
  const what = first?.pod ? deploymentOf(first.pod.name) : 'Istio';
  switch (kind) {
    case 'restarted':
    case 'panic':
      return {
        ...known,
        sentence:
          `${what} in ${name} ended by itself and was started again: the log of the run before ` +
          'tells why, and goes with the pod.',
        ...(first?.pod && { undo: afresh(name, first.pod) }),
      };
    case 'not taken':
      return {
        ...known,
        sentence:
          `Proxies do not take what the istiod of ${name} sends: an Istio resource asks for ` +
          'what Envoy refuses, or their connection is gone.',
        undo: [],
      };
    default:
      return away ?? { ...known, sentence: `${what} was installed in ${name} and does not run.` };
  }
}
