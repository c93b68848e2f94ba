/** What an istiod says to a proxy: resources of Envoy and the messages around them. */
import fc, { type Arbitrary } from 'fast-check';
import { createRandom } from '../../../harness/base/random.ts';
import { ReceivedResources } from '../../../harness/simulator/istio/agent/received-resources.ts';
import { Envoy } from '../../../harness/simulator/istio/envoy/envoy.ts';
import { behaviourOf } from '../../../harness/simulator/istio/releases.ts';
import { DeltaClient } from '../../../harness/simulator/istio/xds/ads/delta-client.ts';
import { CODECS } from '../../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import { Refusal } from '../../../harness/simulator/istio/xds/proto/refusal.ts';
import type { ResourceType } from '../../../harness/simulator/istio/xds/resources.ts';
import { DELTA_CODEC } from '../../../harness/simulator/istio/xds/wire/codecs.ts';
import { typeUrlOf } from '../../../harness/simulator/istio/xds/wire/types.ts';
import { ProxyWorld } from '../../support/proxy-world.ts';
import { RandomResources } from '../../support/random-resources.ts';
import { type Damage, damaged, damages } from '../inputs/bytes.ts';
import { oddText } from '../inputs/values.ts';
import { target } from '../target.ts';

interface Told {
  /** Of a random resource. */
  readonly seed: number;
  readonly changes: readonly Damage[];
  /** Instead of its own. */
  readonly name?: string;
}

interface Response {
  readonly type: ResourceType;
  readonly resources: readonly Told[];
  readonly removed: readonly string[];
  readonly around: readonly Damage[];
}

const responses: Arbitrary<Response> = fc.record({
  type: fc.constantFrom<ResourceType>('cluster', 'endpoint', 'listener', 'route'),
  resources: fc.array(
    fc.record(
      { seed: fc.nat(1000), changes: damages(2), name: oddText },
      { requiredKeys: ['seed', 'changes'] },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  removed: fc.array(oddText, { maxLength: 2 }),
  around: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: damages(2) }),
});

const VERSION = '1.30.3';
const NODE = {
  id: 'sidecar~10.10.0.7~curl-x.sample~sample.svc.cluster.local',
  metadata: { CLUSTER_ID: 'cluster1', NAMESPACE: 'sample', ISTIO_VERSION: VERSION },
  labels: { app: 'curl' },
};
/** What a proxy was told stays, and makes each update dearer. */
const INPUTS_A_PROXY = 200;

interface Proxy {
  readonly client: DeltaClient<Uint8Array>;
  readonly faults: (string | undefined)[];
  close(): void;
}

/** A proxy that nobody is connected to. */
function openProxy(): Proxy {
  const world = new ProxyWorld({ version: VERSION });
  const { network } = world.plainPod('curl');
  const { envoy: wording, workers } = behaviourOf(VERSION);
  const random = createRandom('a proxy that is fuzzed');
  const envoy = new Envoy({ network, clock: world.clock, random, wording, kind: 'sidecar', workers });
  const received = new ReceivedResources({ envoy });
  const faults: (string | undefined)[] = [];
  const client = new DeltaClient<Uint8Array>({
    node: NODE,
    apply: (typeUrl, update) => {
      const fault = received.apply(typeUrl, update);
      faults.push(fault);
      return fault;
    },
    references: (typeUrl, { name }) => received.references(typeUrl, name),
    onDropped: (typeUrl, names) => received.drop(typeUrl, names),
  });
  client.open();
  return {
    client,
    faults,
    close: () => {
      envoy.close();
      void world[Symbol.asyncDispose]();
    },
  };
}

/** What JavaScript says of a program that is wrong. */
const DEFECT =
  /is not a function|undefined \(reading|is not iterable|Invalid array length|Maximum call stack/;

let proxy: Proxy | undefined;
let told = 0;

function freshProxy(): Proxy {
  if (proxy && told < INPUTS_A_PROXY) {
    told += 1;
    return proxy;
  }
  proxy?.close();
  told = 1;
  proxy = openProxy();
  return proxy;
}

/** Reads a message. @returns undefined if it is refused in one line @throws whatever is no refusal */
function readOrRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || /[\n\r]/.test(error.message)) throw error;
    return undefined;
  }
}

/** Makes a resource, and holds its codec to its word. */
function bodyOf(type: ResourceType, { seed, changes }: Told) {
  const codec = CODECS[type] as (typeof CODECS)['cluster']; // of whatever type: they have one shape
  const random = new RandomResources(createRandom(`fuzz ${seed}`));
  const resource = random.make(type) as Parameters<typeof codec.encode>[0]; // of the same type
  const body = damaged(codec.encode(resource), changes);
  readOrRefused(() => codec.nameOf(codec.decode(body)));
  return { name: codec.nameOf(resource), body };
}

/** Resources of a proxy. */
export const xds = target<Response>({
  name: 'xds',
  what: "resources of Envoy in responses of istiod, to a proxy's codec, stream and configuration",
  inputs: responses,
  close: () => {
    proxy?.close();
    proxy = undefined;
  },
  judge: ({ type, resources, removed, around }) => {
    const message = DELTA_CODEC.encodeResponse({
      systemVersionInfo: '1',
      typeUrl: typeUrlOf(type),
      nonce: 'n',
      removedResources: removed,
      resources: resources.map(each => {
        const { name, body } = bodyOf(type, each);
        return { name: each.name ?? name, version: '1', body };
      }),
    });
    const response = readOrRefused(() => DELTA_CODEC.decodeResponse(damaged(message, around)));
    if (!response) return 'the stream is closed';
    const { client, faults } = freshProxy();
    faults.length = 0;
    const answers = client.receive(response);
    const defect = faults.find(fault => fault !== undefined && DEFECT.test(fault));
    if (defect !== undefined) throw new Error(`a defect as a refusal: ${defect}`);
    return answers.some(({ errorDetail }) => errorDetail) ? 'refused' : 'taken';
  },
});
