/** What moves while nobody who should know of it can see it. */
import { type FaultDefinition, STAY_MS } from '../fault.ts';
import { clusterOf, othersOf, theCluster } from '../places.ts';
import { killPods } from '../pods.ts';

const HELLO_WORLD = { namespace: 'sample', labelSelector: 'app=helloworld' };
const API_PORT = 6443;

/** Faults in which the world changes behind the back of a control plane. */
export const UNSEEN: readonly FaultDefinition[] = [
  {
    id: 'helloworld-moves-unseen',
    sentence: 'HelloWorld of a cluster gets new pods while no other cluster can read its API server.',
    parameters: { cluster: theCluster('whose HelloWorld moves') },
    does: 'Drops what other clusters send to port 6443 of its node, and kills the pods of its HelloWorld.',
    real: {
      shows:
        'The last endpoints that istiod knew stay: who calls pods directly calls one that is gone ' +
        '(symptom B or X), behind the gateway of a cluster with an istiod of its own the calls find the ' +
        'new pods. In primary-remote the new pods stay 1/2, as nobody can review their tokens.',
      source: 'client-go semantics (derived)',
    },
    clears: 'Packets pass again; istiod sees the new pods with its next try.',
    stayMs: STAY_MS,
    begin: async hand => {
      const cluster = clusterOf(hand);
      const others = othersOf(hand);
      hand.hinder(
        { kind: 'drop' },
        ({ from, to, port }) =>
          to.cluster === cluster &&
          to.kind === 'node' &&
          port === API_PORT &&
          others.includes(from.cluster ?? ''),
      );
      await killPods(hand.clientOf(cluster), cluster, HELLO_WORLD, hand.signal);
      return `HelloWorld in ${cluster} has new pods, and ${others.join(', ')} cannot read its API server`;
    },
  },
];
