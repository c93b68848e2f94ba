/** Damaged messages, both ways: a refusal or a closed stream, and whoever got them goes on. */
import t from 'tap';
import { createRandom, type Random } from '../../../../harness/base/random.ts';
import { ReceivedResources } from '../../../../harness/simulator/istio/agent/received-resources.ts';
import { Envoy } from '../../../../harness/simulator/istio/envoy/envoy.ts';
import { readProxyNode } from '../../../../harness/simulator/istio/istiod/mesh/proxy-node.ts';
import { behaviourOf } from '../../../../harness/simulator/istio/releases.ts';
import { DeltaClient } from '../../../../harness/simulator/istio/xds/ads/delta-client.ts';
import { DeltaServer } from '../../../../harness/simulator/istio/xds/ads/delta-server.ts';
import type { AdsServerOptions } from '../../../../harness/simulator/istio/xds/ads/server-stream.ts';
import { StateOfTheWorldClient } from '../../../../harness/simulator/istio/xds/ads/state-of-the-world-client.ts';
import { StateOfTheWorldServer } from '../../../../harness/simulator/istio/xds/ads/state-of-the-world-server.ts';
import type { XdsNode } from '../../../../harness/simulator/istio/xds/node.ts';
import { Refusal } from '../../../../harness/simulator/istio/xds/proto/refusal.ts';
import {
  DELTA_CODEC,
  STATE_OF_THE_WORLD_CODEC,
  type WireCodec,
} from '../../../../harness/simulator/istio/xds/wire/codecs.ts';
import { typeUrlOf } from '../../../../harness/simulator/istio/xds/wire/types.ts';
import { damage } from '../../../support/damage.ts';
import { rounds } from '../../../support/nightly.ts';
import { ProxyWorld } from '../../../support/proxy-world.ts';
import { readRecording, SCENARIOS, type Sent } from '../../../support/recording.ts';
import { RUN } from '../../../support/view-differences.ts';

const MESSAGES = rounds(10_000, { daily: 400 });
const TYPES = Object.entries(RUN) as [keyof typeof RUN, (typeof RUN)[keyof typeof RUN]][];

/** All that was told, by type. */
const recorded = TYPES.map(([short, type]) => {
  const all = SCENARIOS.flatMap(scenario => [...readRecording(scenario).proxies.values()]);
  return { typeUrl: typeUrlOf(type), resources: all.flatMap(({ told }) => told[short]) };
});

const NODE = {
  id: 'sidecar~10.10.0.7~curl-x.sample~sample.svc.cluster.local',
  metadata: { CLUSTER_ID: 'cluster1', NAMESPACE: 'sample', ISTIO_VERSION: '1.30.3' },
  labels: { app: 'curl' },
};

const toldOf = (resources: readonly Sent[]) =>
  resources.map(({ name, body }) => ({ name, body, version: '1' }));

/** Up to three resources of one type; one of them, or the message around them, is damaged. */
function damagedResponse(random: Random): Uint8Array {
  const { typeUrl, resources } = random.pick(recorded);
  const some = Array.from({ length: 1 + random.integer(3) }, () => random.pick(resources));
  const isInside = random.integer(4) > 0;
  const [first, ...rest] = some;
  const told = first && isInside ? [{ ...first, body: damage(first.body, random) }, ...rest] : some;
  const message = DELTA_CODEC.encodeResponse({
    systemVersionInfo: '1',
    typeUrl,
    nonce: 'n',
    removedResources: [],
    resources: toldOf(told),
  });
  return isInside ? message : damage(message, random);
}

t.test('a proxy is told nonsense, and goes on', async t => {
  const random = createRandom('nonsense to a proxy');
  await using world = new ProxyWorld({ version: '1.30.3' });
  const { network } = world.plainPod('curl');
  const { envoy: wording, workers } = behaviourOf('1.30.3');
  const envoy = new Envoy({ network, clock: world.clock, random, wording, kind: 'sidecar', workers });
  t.teardown(() => envoy.close());
  const received = new ReceivedResources({ envoy });
  const client = new DeltaClient<Uint8Array>({
    node: NODE,
    apply: (typeUrl, update) => received.apply(typeUrl, update),
    references: (typeUrl, { name }) => received.references(typeUrl, name),
  });
  client.open();
  const seen = { closed: 0, refused: 0, taken: 0 };
  for (let index = 0; index < MESSAGES; index++) {
    const bytes = damagedResponse(random);
    try {
      const answers = client.receive(DELTA_CODEC.decodeResponse(bytes));
      if (answers.some(({ errorDetail }) => errorDetail)) seen.refused++;
      else seen.taken++;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      seen.closed++;
    }
  }
  const enough = MESSAGES / 50;
  t.ok(seen.closed > enough && seen.refused > enough && seen.taken > enough, JSON.stringify(seen));
  const told = readRecording('multi-primary').proxies.get('curl')?.told;
  const { listeners } = envoy;
  for (const [short, type] of TYPES) {
    const resources = toldOf(told?.[short] ?? []);
    const fault = received.apply(typeUrlOf(type), { version: '2', resources, removed: [] });
    t.equal(fault, undefined, short);
  }
  t.ok(envoy.listeners.length >= Math.max(listeners.length, told?.lds.length ?? 0));
});

/** What a proxy says on a stream: what it wants, that it takes an answer, that it does not. */
function requestsOf<Request, Response>(
  client: { open(): readonly Request[]; receive(response: Response): readonly Request[] },
  server: { receive(request: Request): readonly Response[] },
): readonly Request[] {
  const opening = client.open();
  const answers = opening
    .flatMap(request => server.receive(request))
    .flatMap(response => client.receive(response));
  return [...opening, ...answers];
}

const serverOptions: AdsServerOptions<Uint8Array> = {
  resources: (typeUrl, names) => {
    const all = toldOf(recorded.find(each => each.typeUrl === typeUrl)?.resources.slice(0, 5) ?? []);
    return names === 'all' ? all : all.filter(({ name }) => names.has(name));
  },
  clock: { now: () => 0 } as AdsServerOptions<Uint8Array>['clock'], // nothing here waits
  version: () => '1',
  nonce: () => 'n',
  onAnswer: () => {},
};
let applied = 0;
const clientOptions = {
  node: NODE,
  apply: () => (applied++ % 2 === 0 ? undefined : 'no'),
  references: () => [{ typeUrl: typeUrlOf('endpoint'), name: 'a' }],
};

/** Declares the test of one dialect. */
function declareDialect<Request extends { readonly node?: XdsNode | undefined }, Response>(
  dialect: string,
  { encodeRequest, decodeRequest }: Pick<WireCodec<Request, Response>, 'encodeRequest' | 'decodeRequest'>,
  requests: readonly Request[],
  open: () => { receive(request: Request): readonly Response[] },
) {
  t.test(`istiod is told nonsense in ${dialect}, and goes on`, async t => {
    const random = createRandom(`nonsense to istiod: ${dialect}`);
    const seen = { closed: 0, answered: 0, silent: 0 };
    let stream = open();
    for (let index = 0; index < MESSAGES; index++) {
      try {
        const request = decodeRequest(damage(encodeRequest(random.pick(requests)), random));
        if (request.node) readProxyNode(request.node);
        if (stream.receive(request).length > 0) seen.answered++;
        else seen.silent++;
      } catch (error) {
        // What closes a stream: bytes that are no message, or a node that is none.
        const isMeant = error instanceof Refusal || (error instanceof Error && error.constructor === Error);
        if (!isMeant) throw error;
        seen.closed++;
        stream = open();
      }
    }
    const enough = MESSAGES / 100;
    t.ok(seen.closed > enough && seen.answered > enough && seen.silent > enough, JSON.stringify(seen));
    const answers = requests.slice(0, 1).flatMap(request => open().receive(request));
    t.equal(answers.length, 1, 'a proxy that makes sense is answered');
  });
}

declareDialect(
  'delta',
  DELTA_CODEC,
  requestsOf(new DeltaClient<Uint8Array>(clientOptions), new DeltaServer(serverOptions)),
  () => new DeltaServer(serverOptions),
);
declareDialect(
  'the state of the world',
  STATE_OF_THE_WORLD_CODEC,
  requestsOf(new StateOfTheWorldClient<Uint8Array>(clientOptions), new StateOfTheWorldServer(serverOptions)),
  () => new StateOfTheWorldServer(serverOptions),
);
