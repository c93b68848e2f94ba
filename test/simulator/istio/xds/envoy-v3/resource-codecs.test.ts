import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { createRandom } from '../../../../../harness/base/random.ts';
import { CODECS } from '../../../../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import { encodeMessage } from '../../../../../harness/simulator/istio/xds/proto/encode-message.ts';
import type { ResourcesByType, ResourceType } from '../../../../../harness/simulator/istio/xds/resources.ts';
import { damage } from '../../../../support/damage.ts';
import { objectsAfterEmbeddedTools } from '../../../../support/embedded-run.ts';
import { rounds } from '../../../../support/nightly.ts';
import { RandomResources } from '../../../../support/random-resources.ts';

/** Of each type. */
const DAMAGED = rounds(10_000, { daily: 1000 });
const TYPES = ['cluster', 'endpoint', 'listener', 'route'] as const;

/** What comes back, and the notes of reading it. */
function thereAndBack<T extends ResourceType>(type: T, resource: ResourcesByType[T][number]) {
  const notes: string[] = [];
  const bytes = CODECS[type].encode(resource);
  const back = CODECS[type].decode(bytes, note => notes.push(note));
  return { back, bytes, notes };
}

t.test('all that istiod makes in a scenario comes back as it was, without a note', async t => {
  const texts = new Map<string, ResourceType>();
  for (const type of TYPES) {
    const { encode } = CODECS[type];
    t.intercept(CODECS[type], 'encode', {
      value: (resource: never) => {
        texts.set(JSON.stringify(resource), type);
        return encode(resource);
      },
    });
  }
  for (const edition of ['1.8', 'current'])
    await objectsAfterEmbeddedTools('multi-primary-multi-network', edition);
  for (const type of TYPES) {
    const made = [...texts].filter(([, own]) => own === type).map(([text]) => JSON.parse(text));
    const results = made.map(resource => thereAndBack(type, resource));
    t.strictSame(
      results.map(({ back }) => back),
      made,
    );
    t.strictSame(
      results.flatMap(({ notes }) => notes),
      [],
    );
    t.ok(made.length > 5, `${type}: ${made.length}`);
  }
});

/** Declares what each type is tested for. */
function declareTests<T extends ResourceType>(type: T) {
  t.test(`a thousand random resources of type ${type} come back as they were`, async t => {
    const random = new RandomResources(createRandom(`there and back: ${type}`));
    let right = 0;
    for (let index = 0; index < 1000; index++) {
      const resource = random.make(type);
      const { back, notes } = thereAndBack(type, resource);
      if (isDeepStrictEqual(back, resource) && notes.length === 0) {
        right++;
        continue;
      }
      t.strictSame(back, resource, `number ${index}`);
      t.strictSame(notes, []);
      break;
    }
    t.equal(right, 1000);
  });

  t.test(`damaged bytes of type ${type} give a resource, or an error of one line`, async t => {
    const random = createRandom(`damage: ${type}`);
    const resources = new RandomResources(random.stream('resources'));
    let refused = 0;
    let taken = 0;
    for (let index = 0; index < DAMAGED; index++) {
      const bytes = damage(CODECS[type].encode(resources.make(type)), random);
      try {
        CODECS[type].decode(bytes);
        taken++;
      } catch (error) {
        refused++;
        if (!(error instanceof Error) || error.name !== 'Refusal' || /[\n\r]/.test(error.message))
          throw error;
      }
    }
    t.ok(refused > DAMAGED / 10 && taken > DAMAGED / 100, `${refused} refused, ${taken} taken`);
  });
}
for (const type of TYPES) declareTests(type);

t.test('a field without a name is noted, one that is not simulated is refused', async t => {
  const bytes = CODECS.endpoint.encode({ clusterName: 'a', endpoints: [] });
  const more = Uint8Array.from([...bytes, 0x98, 0x06, 0x01]); // field 99, a varint
  const notes: string[] = [];
  t.strictSame(CODECS.endpoint.decode(more, note => notes.push(note)).clusterName, 'a');
  const type = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
  t.strictSame(notes, [`Unexpected field: type ${type} with unknown field set {99} has unknown fields`]);
  const named = encodeMessage(type, { cluster_name: 'a', named_endpoints: { b: new Uint8Array() } });
  t.throws(() => CODECS.endpoint.decode(named), {
    message: `${type}: field named_endpoints is not simulated`,
  });
});
