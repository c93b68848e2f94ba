import t from 'tap';
import { DeltaClient } from '../../../../../harness/simulator/istio/xds/ads/delta-client.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { deltaResponseOf, shownDelta } from './small-mesh.ts';
import { SmallProxy } from './small-proxy.ts';

/** `open`, a response, or one with `!` before it, which the proxy refuses; and what the proxy sends. */
type Step = readonly [happens: string, sends: readonly string[]];

const OPEN: Step = ['open', ['cds node=me', 'lds']];

const ROWS: Readonly<Record<string, readonly Step[]>> = {
  'the first stream begins with CDS and LDS, and the node': [OPEN],
  'a response is accepted, or refused, by its nonce': [
    OPEN,
    ['cds v1 n1 a@1', ['cds nonce=n1']],
    ['!cds v2 n2 a@2', ['cds nonce=n2 error=13:no']],
  ],
  'clusters need endpoints, which are asked for before the answer': [
    OPEN,
    ['cds v1 n1 a:e:f@1 b@1', ['eds +e +f', 'cds nonce=n1']],
    ['cds v2 n2 a:e:f@2', ['cds nonce=n2']],
    ['cds v3 n3 c:g@1', ['eds +g', 'cds nonce=n3']],
    ['cds v4 n4 d:h@1 -a:e:f', ['eds +h -e -f', 'cds nonce=n4']],
    ['cds v5 n5 -d:h -c:g', ['eds -g -h', 'cds nonce=n5']],
    ['eds v5 n6 g@1', ['eds nonce=n6']],
    ['cds v6 n7 c:g@1', ['eds +g', 'cds nonce=n7']],
  ],
  'what two listeners need stays as long as one does': [
    OPEN,
    ['lds v1 n1 l:r@1 m:r@1', ['rds +r', 'lds nonce=n1']],
    ['lds v2 n2 -l:r', ['lds nonce=n2']],
    ['lds v3 n3 -m:r', ['rds -r', 'lds nonce=n3']],
  ],
  'refused clusters need nothing': [OPEN, ['!cds v1 n1 a:e@1', ['cds nonce=n1 error=13:no']]],
  'what was not asked for is not looked at': [OPEN, ['rds v1 n1 r@1', []]],
  'a new stream begins with what the proxy runs': [
    OPEN,
    ['cds v1 n1 a:e:f@1 b@2', ['eds +e +f', 'cds nonce=n1']],
    ['eds v1 n2 e@5 -f', ['eds nonce=n2']],
    ['!lds v1 n3 l@1', ['lds nonce=n3 error=13:no']],
    ['open', ['cds a:e:f=1 b=2 node=me', 'lds', 'eds +e +f e=5']],
  ],
  'a type is introduced once a stream': [
    OPEN,
    ['cds v1 n1 a:e@1', ['eds +e', 'cds nonce=n1']],
    ['cds v2 n2 -a:e', ['eds -e', 'cds nonce=n2']],
    ['open', ['cds node=me', 'lds']],
    ['cds v3 m1 a:e@1', ['eds +e', 'cds nonce=m1']],
  ],
};

for (const [title, steps] of Object.entries(ROWS)) {
  t.test(title, async t => {
    const proxy = new SmallProxy();
    const stream = new DeltaClient(proxy.options);
    for (const [happens, sends] of steps) {
      proxy.fault = () => (happens.startsWith('!') ? 'no' : undefined);
      const sent =
        happens === 'open' ? stream.open() : stream.receive(deltaResponseOf(happens.replace('!', '')));
      t.same(sent.map(shownDelta), sends, happens);
    }
  });
}

t.test('what is not told of stays, and what was not asked for does not come', async t => {
  const proxy = new SmallProxy();
  const stream = new DeltaClient(proxy.options);
  stream.open();
  stream.receive(deltaResponseOf('cds v1 n1 a:e:f@1'));
  stream.receive(deltaResponseOf('eds v1 n2 e@1 f@1 g@1'));
  stream.receive(deltaResponseOf('eds v2 n3 e@2 -g'));
  t.same([...proxy.of('eds').values()], ['e@2', 'f@1']);
  t.same(Object.fromEntries(stream.subscriptions.get(TYPE_URLS.eds)?.versions ?? []), { e: '2', f: '1' });
  t.equal(stream.subscriptions.get(TYPE_URLS.eds)?.version, 'v2');
});
