import t from 'tap';
import { DeltaServer } from '../../../../../harness/simulator/istio/xds/ads/delta-server.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { deltaRequestOf, type Mesh, SmallMesh, shown } from './small-mesh.ts';

/** A request of the proxy, or a mesh that is pushed; and what istiod sends. */
type Step = readonly [said: string | Mesh, sends: readonly string[]];

const MESH: Mesh = {
  cds: { a: '1', b: '1' },
  eds: { a: '1', b: '1', c: '1' },
  lds: { l: '1' },
  rds: { r: '1' },
};

const ROWS: Readonly<
  Record<string, { readonly steps: readonly Step[]; readonly answers?: readonly string[] }>
> = {
  'a first request without names is answered with all': { steps: [['cds', ['cds v0 n1 a@1 b@1']]] },
  'so is one for the wildcard': { steps: [['cds +*', ['cds v0 n1 a@1 b@1']]] },
  'one with names is answered with these': { steps: [['eds +a +c', ['eds v0 n1 a@1 c@1']]] },
  'a name that does not exist is said to be removed': { steps: [['eds +a +x', ['eds v0 n1 a@1 -x']]] },
  'a subscription to the wildcard that is dropped at once is one to nothing': {
    steps: [
      ['eds +* -*', ['eds v0 n1']],
      [{ eds: { a: '2' } }, []],
      ['eds +a', ['eds v1 n2 a@2']],
    ],
  },
  'an ACK is not answered': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      ['cds nonce=n1', []],
    ],
    answers: ['ACK cds v0 n1'],
  },
  'of a changed subscription only what is new is answered': {
    steps: [
      ['eds +a', ['eds v0 n1 a@1']],
      ['eds +b', ['eds v0 n2 b@1']],
      ['eds +b', []],
      ['eds -a', []],
      ['eds +c -b', ['eds v0 n3 c@1']],
      [{ eds: { a: '2', b: '2', c: '2' } }, ['eds v1 n4 c@2']],
      ['eds +a', ['eds v1 n5 a@2']],
    ],
    answers: [],
  },
  'an ACK may change the subscription': {
    steps: [
      ['eds +a', ['eds v0 n1 a@1']],
      ['eds nonce=n1 +b', ['eds v0 n2 b@1']],
    ],
    answers: ['ACK eds v0 n1'],
  },
  'a name that was dropped and is wanted again comes again': {
    steps: [
      ['eds +a +b', ['eds v0 n1 a@1 b@1']],
      ['eds -a', []],
      ['eds +a', ['eds v0 n2 a@1']],
    ],
  },
  'names may become all': {
    steps: [
      ['cds +a +x', ['cds v0 n1 a@1 -x']],
      ['cds +*', ['cds v0 n2 a@1 b@1 -x']],
      [{ cds: {} }, ['cds v1 n3 -a -b']],
    ],
  },
  'all may become names': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      ['cds +a -*', ['cds v0 n2 a@1']],
      [{ cds: { a: '2', b: '2' } }, ['cds v1 n3 a@2']],
    ],
  },
  'a push holds what is different and what is gone, in its order': {
    steps: [
      ['rds +r', ['rds v0 n1 r@1']],
      ['lds', ['lds v0 n2 l@1']],
      ['eds +a +b', ['eds v0 n3 a@1 b@1']],
      ['cds', ['cds v0 n4 a@1 b@1']],
      [MESH, []],
      [
        { cds: { b: '2', c: '1' }, eds: { b: '2', c: '2' }, lds: { l: '1' } },
        ['cds v2 n5 b@2 c@1 -a', 'eds v2 n6 b@2 -a', 'rds v2 n7 -r'],
      ],
      [MESH, ['cds v3 n8 a@1 b@1 -c', 'eds v3 n9 a@1 b@1', 'rds v3 n10 r@1']],
    ],
  },
  'an older ACK is ignored': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      [{ cds: { a: '2', b: '1' } }, ['cds v1 n2 a@2']],
      ['cds nonce=n1', []],
      ['cds nonce=n2', []],
    ],
    answers: ['ACK cds v1 n2'],
  },
  'what was refused comes again with the next response, not alone': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      ['cds nonce=n1', []],
      [{ cds: { a: '2', b: '1', c: '1' } }, ['cds v1 n2 a@2 c@1']],
      ['cds nonce=n2 error=13:bad', []],
      [{ cds: { a: '2', b: '1', c: '1' } }, []],
      [{ cds: { a: '2', b: '2', c: '1' } }, ['cds v3 n3 a@2 b@2 c@1']],
      ['cds nonce=n3', []],
      [{ cds: { a: '2', b: '3', c: '1' } }, ['cds v4 n4 b@3']],
    ],
    answers: ['ACK cds v0 n1', 'NACK cds v1 n2 bad', 'ACK cds v3 n3'],
  },
  'so does what was to be removed': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      [{ cds: { a: '1' } }, ['cds v1 n2 -b']],
      ['cds nonce=n2 error=13:bad', []],
      [{ cds: { a: '2' } }, ['cds v2 n3 a@2 -b']],
    ],
  },
  'so does what an older response had': {
    steps: [
      ['eds +a +b +c', ['eds v0 n1 a@1 b@1 c@1']],
      [{ eds: { a: '2', b: '1', c: '1' } }, ['eds v1 n2 a@2']],
      [{ eds: { a: '2', b: '2', c: '1' } }, ['eds v2 n3 b@2']],
      ['eds nonce=n1', []],
      ['eds nonce=n2 error=13:bad', []],
      ['eds nonce=n3', []],
      [{ eds: { a: '2', b: '2', c: '2' } }, ['eds v3 n4 a@2 c@2']],
    ],
    answers: ['NACK eds v1 n2 bad', 'ACK eds v2 n3'],
  },
  'what was refused comes with the answer to a subscription, unless it was dropped': {
    steps: [
      ['eds +a +b', ['eds v0 n1 a@1 b@1']],
      ['eds nonce=n1 error=13:bad', []],
      ['eds +c -b', ['eds v0 n2 a@1 c@1']],
    ],
  },
  'names in a refusal are not looked at': {
    steps: [
      ['eds +a', ['eds v0 n1 a@1']],
      ['eds nonce=n1 +b error=13:bad', []],
      ['eds +b', ['eds v0 n2 a@1 b@1']],
    ],
  },
  'a proxy that comes back gets everything, and what is gone': {
    steps: [
      ['cds a=1 z=1', ['cds v0 n1 a@1 b@1 -z']],
      ['eds +a +b a=1 x=4', ['eds v0 n2 a@1 b@1 -x']],
    ],
  },
};

for (const [title, { steps, answers }] of Object.entries(ROWS)) {
  t.test(title, async t => {
    const small = new SmallMesh();
    small.mesh = MESH;
    const stream = new DeltaServer(small.options());
    for (const [said, sends] of steps) {
      if (typeof said !== 'string') {
        small.mesh = said;
        small.version++;
      }
      const sent = typeof said === 'string' ? stream.receive(deltaRequestOf(said)) : stream.push();
      t.same(sent.map(shown), sends, JSON.stringify(said));
    }
    if (answers) t.same(small.answers, answers);
  });
}

t.test('a change of the subscription leaves the last ACK in place', async t => {
  const small = new SmallMesh();
  small.mesh = MESH;
  const stream = new DeltaServer(small.options());
  stream.receive(deltaRequestOf('eds +a'));
  stream.receive(deltaRequestOf('eds nonce=n1'));
  stream.receive(deltaRequestOf('eds +b'));
  const state = stream.watches.get(TYPE_URLS.eds);
  t.match(state, { isWildcard: false, sent: { nonce: 'n2' }, acked: { nonce: 'n1' } });
  t.same([...(state?.names ?? [])], ['a', 'b']);
});
