import t from 'tap';
import { StateOfTheWorldServer } from '../../../../../harness/simulator/istio/xds/ads/state-of-the-world-server.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { type Mesh, requestOf, SmallMesh, shown } from './small-mesh.ts';

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
  'a first request is answered with all of a wildcard type': {
    steps: [['cds', ['cds v0 n1 a@1 b@1']]],
  },
  'a first request is answered with the names of it': { steps: [['eds a c', ['eds v0 n1 a@1 c@1']]] },
  'a name that does not exist is absent': { steps: [['eds a x', ['eds v0 n1 a@1']]] },
  'istiod answers also with nothing': { steps: [['ecds x', ['ecds v0 n1']]] },
  'no names are no resources of EDS': { steps: [['eds', []]] },
  'no names are all resources of NDS': { steps: [['nds', ['nds v0 n1']]] },
  'an ACK is not answered': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      ['cds version=v0 nonce=n1', []],
    ],
    answers: ['ACK cds v0 n1'],
  },
  'other names with the same nonce are answered, in another order they are not': {
    steps: [
      ['eds a', ['eds v0 n1 a@1']],
      ['eds version=v0 nonce=n1 a', []],
      ['eds version=v0 nonce=n1 a b', ['eds v0 n2 a@1 b@1']],
      ['eds version=v0 nonce=n2 b a', []],
      ['eds version=v0 nonce=n2 b', ['eds v0 n3 b@1']],
    ],
    answers: ['ACK eds v0 n1', 'ACK eds v0 n2'],
  },
  'an ACK that comes with other names is answered': {
    steps: [
      ['eds a', ['eds v0 n1 a@1']],
      ['eds version=v0 nonce=n1 a b', ['eds v0 n2 a@1 b@1']],
    ],
    answers: ['ACK eds v0 n1'],
  },
  'a push sends types that are different, in its order': {
    steps: [
      ['rds r', ['rds v0 n1 r@1']],
      ['ecds e', ['ecds v0 n2']],
      ['lds', ['lds v0 n3 l@1']],
      ['eds a', ['eds v0 n4 a@1']],
      ['cds', ['cds v0 n5 a@1 b@1']],
      [MESH, []],
      [
        { cds: { a: '2', b: '1' }, eds: { a: '2' }, lds: { l: '2' }, rds: { r: '2' }, ecds: { e: '1' } },
        ['cds v2 n6 a@2 b@1', 'eds v2 n7 a@2', 'lds v2 n8 l@2', 'rds v2 n9 r@2', 'ecds v2 n10 e@1'],
      ],
      [
        { ...MESH, ecds: { e: '1' }, lds: { l: '2' }, rds: { r: '2' }, eds: { a: '2' } },
        ['cds v3 n11 a@1 b@1'],
      ],
    ],
  },
  'a push of CDS holds all, so that what is gone is absent': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      [{ cds: { b: '1' } }, ['cds v1 n2 b@1']],
      [{ cds: { b: '1' } }, []],
    ],
  },
  'a push of EDS holds what is different, and cannot say what is gone': {
    steps: [
      ['eds a b', ['eds v0 n1 a@1 b@1']],
      [{ eds: { a: '1', b: '2' } }, ['eds v1 n2 b@2']],
      [{ eds: { a: '1' } }, []],
      [{ eds: { a: '1', b: '2' } }, ['eds v3 n3 b@2']],
    ],
  },
  'a push of RDS holds all that is subscribed to': {
    steps: [
      ['rds r s', ['rds v0 n1 r@1']],
      [{ rds: { r: '1', s: '1' } }, ['rds v1 n2 r@1 s@1']],
    ],
  },
  'a stale nonce is ignored, whatever the names are': {
    steps: [
      ['eds a', ['eds v0 n1 a@1']],
      [{ eds: { a: '2', b: '1' } }, ['eds v1 n2 a@2']],
      ['eds version=v0 nonce=n1 a b', []],
      ['eds version=v1 nonce=n2 a b', ['eds v1 n3 a@2 b@1']],
    ],
    answers: ['ACK eds v1 n2'],
  },
  'a refusal is reported, and not answered': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      ['cds nonce=n1 error=13:bad', []],
      [MESH, []],
      [{ cds: { a: '2' } }, ['cds v2 n2 a@2']],
      ['cds version=v2 nonce=n2', []],
    ],
    answers: ['NACK cds v0 n1 bad', 'ACK cds v2 n2'],
  },
  'a refusal of an older response is reported too': {
    steps: [
      ['cds', ['cds v0 n1 a@1 b@1']],
      [{ cds: { a: '2' } }, ['cds v1 n2 a@2']],
      ['cds nonce=n1 error=13:bad', []],
      ['cds version=v1 nonce=n2', []],
    ],
    answers: ['NACK cds v0 n1 bad', 'ACK cds v1 n2'],
  },
  'endpoints that were refused come again with the next ones': {
    steps: [
      ['eds a b c', ['eds v0 n1 a@1 b@1 c@1']],
      [{ eds: { a: '2', b: '1', c: '1' } }, ['eds v1 n2 a@2']],
      ['eds version=v0 nonce=n2 error=13:bad a b c', []],
      [{ eds: { a: '2', b: '1', c: '1' } }, []],
      [{ eds: { a: '2', b: '2', c: '1' } }, ['eds v3 n3 a@2 b@2']],
    ],
    answers: ['NACK eds v1 n2 bad'],
  },
  'names in a refusal are not looked at': {
    steps: [
      ['eds a', ['eds v0 n1 a@1']],
      ['eds nonce=n1 error=13:bad a b', []],
      ['eds nonce=n1 a b', ['eds v0 n2 a@1 b@1']],
    ],
    answers: ['NACK eds v0 n1 bad'],
  },
  'a refusal of a type that nobody watches does no harm': {
    steps: [['rds nonce=n7 error=13:bad', []]],
    answers: ['NACK rds  n7 bad'],
  },
  'a proxy that comes back with a version, or a nonce of before, gets everything': {
    steps: [
      ['cds version=v7', ['cds v0 n1 a@1 b@1']],
      ['eds version=v7 nonce=m3 a', ['eds v0 n2 a@1']],
    ],
  },
  'an empty nonce begins anew': {
    steps: [
      ['eds a', ['eds v0 n1 a@1']],
      ['eds a', ['eds v0 n2 a@1']],
    ],
  },
  'no names end a subscription, which may begin again': {
    steps: [
      ['eds a', ['eds v0 n1 a@1']],
      ['eds version=v0 nonce=n1', []],
      [{ eds: { a: '2' } }, []],
      ['eds version=v0 nonce=n1 a', ['eds v1 n2 a@2']],
    ],
  },
  'a name that was dropped and is wanted again comes again': {
    steps: [
      ['rds r s', ['rds v0 n1 r@1']],
      ['rds version=v0 nonce=n1 s', ['rds v0 n2']],
      ['rds version=v0 nonce=n2 r s', ['rds v0 n3 r@1']],
    ],
    answers: ['ACK rds v0 n1', 'ACK rds v0 n2'],
  },
};

for (const [title, { steps, answers }] of Object.entries(ROWS)) {
  t.test(title, async t => {
    const small = new SmallMesh();
    small.mesh = MESH;
    const stream = new StateOfTheWorldServer(small.options());
    for (const [said, sends] of steps) {
      if (typeof said !== 'string') {
        small.mesh = said;
        small.version++;
      }
      const sent = typeof said === 'string' ? stream.receive(requestOf(said)) : stream.push();
      t.same(sent.map(shown), sends, JSON.stringify(said));
    }
    if (answers) t.same(small.answers, answers);
  });
}

t.test('what a proxy was sent and accepted is kept with its time', async t => {
  const small = new SmallMesh();
  small.mesh = MESH;
  const stream = new StateOfTheWorldServer(small.options());
  const state = () => stream.watches.get(TYPE_URLS.cds);
  t.equal(state(), undefined);
  small.nowMs = 10;
  stream.receive(requestOf('cds'));
  const first = { version: 'v0', nonce: 'n1' };
  t.match(state(), { isWildcard: true, sent: { ...first, timeMs: 10 }, acked: undefined });
  small.nowMs = 20;
  stream.receive(requestOf('cds version=v0 nonce=n1'));
  t.match(state(), { sent: { ...first, timeMs: 10 }, acked: { ...first, timeMs: 20 }, refused: undefined });
  small.mesh = { cds: {} };
  small.version = 1;
  small.nowMs = 30;
  stream.push();
  const second = { version: 'v1', nonce: 'n2' };
  t.match(state(), { sent: { ...second, timeMs: 30 }, acked: first });
  small.nowMs = 40;
  stream.receive(requestOf('cds version=v0 nonce=n2 error=13:bad'));
  t.match(state(), { acked: first, refused: { ...second, timeMs: 40, message: 'bad' } });
});
