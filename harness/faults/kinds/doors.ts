/** Packets that vanish, are late or are refused at a door: of calls, istiod, an API server, a name server. */
import type { FlowMatcher } from '../../platform/fault-points.ts';
import { type FaultDefinition, type FaultHand, type Hindrance, type Parameter, STAY_MS } from '../fault.ts';
import { clusterOf, othersOf, theCluster, theOthers, thePrimary } from '../places.ts';

const GATEWAY_CALLS_PORT = 15443;
const API_PORT = 6443;
const DNS_PORT = 53;
/** Milliseconds, each way. */
const DELAY_MS = '200';

/** What is behind a door, and who is hindered at it. */
interface Door {
  readonly id: string;
  /** `Calls that other clusters make into a cluster`: stands before what happens to them. */
  readonly what: string;
  readonly parameters: FaultDefinition['parameters'];
  readonly matches: (hand: FaultHand) => FlowMatcher;
  readonly does: string;
  /** What the real mesh shows, by what happens to the packets. */
  readonly real: Readonly<Record<Hindrance['kind'], FaultDefinition['real']>>;
  /** How it is told with the names of a mesh, before what happens to them. */
  readonly told: (hand: FaultHand) => string;
}

const RETRIES =
  'pilot/pkg/networking/core/v1alpha3/route/retry/retry.go @1.8.0; pkg/config/mesh/mesh.go @1.8.0';

const CALLS: Door = {
  id: 'calls',
  what: 'Calls that other clusters make into a cluster',
  parameters: { cluster: theCluster('into which they go'), from: theOthers('from which they come') },
  matches: hand => {
    const others = othersOf(hand);
    return ({ from, to, port }) =>
      to.cluster === clusterOf(hand) &&
      to.kind === 'pod' &&
      others.includes(from.cluster ?? '') &&
      from.kind === 'pod' &&
      (port === GATEWAY_CALLS_PORT || to.name.startsWith('helloworld'));
  },
  does: 'of connections to HelloWorld there, or to the east-west gateway at 15443',
  real: {
    drop: {
      shows:
        'Symptom B: each call to it takes 10 s. 1.8.0 answers about half with 503 (local reset), later ' +
        'ones retry and only the local version is seen. A call on a connection of the pool hangs.',
      source: 'istio/istio #32523 and #35703',
    },
    delay: { shows: 'Nothing but the delay, twice for a new connection.', source: RETRIES },
    refuse: {
      shows:
        'Symptom X for new connections: a retry goes to another host, only the local version is seen, ' +
        '25 to 50 ms later. Connections of the pool go on.',
      source: RETRIES,
    },
  },
  told: hand => `calls from ${othersOf(hand).join(', ')} into ${clusterOf(hand)}`,
};

const ISTIOD: Door = {
  id: 'istiod',
  what: 'What proxies, gateways and API servers send to an istiod',
  parameters: { cluster: thePrimary('whose istiod it is') },
  matches: hand => {
    const cluster = clusterOf(hand);
    return ({ to }) => to.cluster === cluster && to.kind === 'pod' && to.name.startsWith('istiod-');
  },
  does: 'of connections to the pods of istiod there (xDS, CA, webhooks)',
  real: {
    drop: {
      shows:
        'Running proxies keep their last configuration and calls go on; new pods get none, or are not made ' +
        'where the webhook is behind it.',
      source: 'istio/istio pilot/pkg/xds/ads.go @1.8.0 (derived)',
    },
    delay: { shows: 'Changes reach proxies later; calls go on.', source: 'derived' },
    refuse: {
      shows:
        'As if it were dropped, for whoever connects anew; streams that exist go on for 30 minutes at most.',
      source: 'istio/istio --keepaliveMaxServerConnectionAge=30m of the chart @1.8.0',
    },
  },
  told: hand => `connections to istiod in ${clusterOf(hand)}`,
};

const API_SERVER: Door = {
  id: 'api-server',
  what: 'What other clusters send to the API server of a cluster',
  parameters: { cluster: theCluster('whose API server it is'), from: theOthers('from which they come') },
  matches: hand => {
    const others = othersOf(hand);
    return ({ from, to, port }) =>
      to.cluster === clusterOf(hand) &&
      to.kind === 'node' &&
      port === API_PORT &&
      others.includes(from.cluster ?? '');
  },
  does: 'of connections to port 6443 of its node (watches of istiod, reviews of tokens)',
  real: {
    drop: {
      shows:
        'The last endpoints that istiod knew go on; changes in the cluster are not seen, and its tokens ' +
        'cannot be reviewed. In 1.8 later remote secrets wait behind it.',
      source: 'istio/istio #32102; client-go semantics (derived)',
    },
    delay: { shows: 'Changes in the cluster are seen later; calls go on.', source: 'derived' },
    refuse: {
      shows:
        'As if it were dropped for new connections: `dial tcp …: connect: connection refused` in ' +
        'istiod’s log.',
      source: 'istio/istio pkg/kube/secretcontroller/secretcontroller.go @1.8.0; client-go (derived)',
    },
  },
  told: hand => `what ${othersOf(hand).join(', ')} sends to the API server of ${clusterOf(hand)}`,
};

const HINDRANCES = {
  drop: { verb: 'vanish', clears: 'Packets pass again; TCP sends again what was lost.' },
  delay: { verb: 'are late', clears: 'Packets are in time again.' },
  refuse: { verb: 'are refused', clears: 'New connections are taken again.' },
} as const;

const MS: Parameter = { what: 'milliseconds, each way', byDefault: () => DELAY_MS };

function atDoor(kind: Hindrance['kind'], door: Door): FaultDefinition {
  const { verb, clears } = HINDRANCES[kind];
  return {
    id: `${kind}-${door.id}`,
    sentence: `${door.what} ${verb}.`,
    parameters: { ...door.parameters, ...(kind === 'delay' && { ms: MS }) },
    does:
      kind === 'refuse'
        ? `Refuses new connections: those ${door.does.replace(/^of connections /, '')}.`
        : kind === 'drop'
          ? `Drops packets, both ways, ${door.does}; of those that exist too.`
          : `Holds packets back, each way, ${door.does}; of those that exist too.`,
    real: door.real[kind],
    clears,
    stayMs: STAY_MS,
    begin: async hand => {
      const { ms = DELAY_MS } = hand.values;
      hand.hinder(kind === 'delay' ? { kind, ms: Number(ms) } : { kind }, door.matches(hand));
      return `${door.told(hand)} ${kind === 'delay' ? `are ${ms} ms late, each way` : verb}`;
    },
  };
}

const dnsAway: FaultDefinition = {
  id: 'dns-away',
  sentence: 'Nobody in a cluster gets an answer from its name server.',
  parameters: { cluster: theCluster('whose name server it is') },
  does: 'Drops what pods of the cluster send to port 53.',
  real: {
    shows: 'Symptom DNS: curl (6) from each new call, after the resolver’s own patience of 5 s a try.',
    source: 'resolv.conf(5): timeout:5 attempts:2 (derived)',
  },
  clears: 'Queries are answered again.',
  stayMs: STAY_MS,
  begin: async hand => {
    const cluster = clusterOf(hand);
    hand.hinder({ kind: 'drop' }, ({ from, port }) => from.cluster === cluster && port === DNS_PORT);
    return `nobody in ${cluster} gets an answer from the name server`;
  },
};

const DOORS = [CALLS, ISTIOD, API_SERVER];
const KINDS = ['drop', 'delay', 'refuse'] as const;

/** Faults of packets at a door. */
export const AT_DOORS: readonly FaultDefinition[] = [
  ...DOORS.flatMap(door => KINDS.map(kind => atDoor(kind, door))),
  dnsAway,
];
