import t from 'tap';
import { StateOfTheWorldClient } from '../../../../../harness/simulator/istio/xds/ads/state-of-the-world-client.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { responseOf, shownRequest } from './small-mesh.ts';
import { SmallProxy } from './small-proxy.ts';

/** `open`, a response, or one with `!` before it, which the proxy refuses; and what the proxy sends. */
type Step = readonly [happens: string, sends: readonly string[]];

const OPEN: Step = ['open', ['cds node=me', 'lds']];

const ROWS: Readonly<Record<string, readonly Step[]>> = {
  'the first stream begins with CDS and LDS, and the node': [OPEN],
  'a response is accepted with its version and nonce': [OPEN, ['cds v1 n1 a@1', ['cds version=v1 nonce=n1']]],
  'a refusal has the version of before': [
    OPEN,
    ['!cds v1 n1 a@1', ['cds nonce=n1 error=13:no']],
    ['cds v2 n2 a@2', ['cds version=v2 nonce=n2']],
    ['!cds v3 n3 a@3', ['cds version=v2 nonce=n3 error=13:no']],
  ],
  'clusters need endpoints, which are asked for before the answer': [
    OPEN,
    ['cds v1 n1 a:e:f@1 b@1', ['eds e f', 'cds version=v1 nonce=n1']],
    ['eds v1 n2 e@1 f@1', ['eds version=v1 nonce=n2 e f']],
    ['cds v2 n3 a:e:f@2 c:g@1', ['eds version=v1 nonce=n2 e f g', 'cds version=v2 nonce=n3']],
    ['cds v3 n4 c:g@1', ['eds version=v1 nonce=n2 g', 'cds version=v3 nonce=n4']],
    ['cds v4 n5', ['eds version=v1 nonce=n2', 'cds version=v4 nonce=n5']],
    ['eds v5 n6 g@1', ['eds version=v1 nonce=n6']],
  ],
  'listeners need routes': [OPEN, ['lds v1 n1 l:r@1 m:r@1', ['rds r', 'lds version=v1 nonce=n1']]],
  'refused clusters need nothing': [OPEN, ['!cds v1 n1 a:e@1', ['cds nonce=n1 error=13:no']]],
  'what was not asked for is not looked at': [
    OPEN,
    ['rds v1 n1 r@1', []],
    ['lds v1 n2 l:r@1', ['rds r', 'lds version=v1 nonce=n2']],
    ['rds v1 n3 r@1 s@1', ['rds version=v1 nonce=n3 r']],
  ],
  'a new stream begins with versions, without nonces': [
    OPEN,
    ['cds v1 n1 a:e@1', ['eds e', 'cds version=v1 nonce=n1']],
    ['eds v1 n2 e@1', ['eds version=v1 nonce=n2 e']],
    ['!lds v1 n3 l@1', ['lds nonce=n3 error=13:no']],
    ['open', ['cds version=v1 node=me', 'lds', 'eds version=v1 e']],
    ['cds v1 m1 b:f@1', ['eds version=v1 f', 'cds version=v1 nonce=m1']],
  ],
  'a new stream does not ask for what nothing needs': [
    OPEN,
    ['cds v1 n1 a:e@1', ['eds e', 'cds version=v1 nonce=n1']],
    ['cds v2 n2', ['eds', 'cds version=v2 nonce=n2']],
    ['open', ['cds version=v2 node=me', 'lds']],
    ['cds v3 m1 a:e@1', ['eds e', 'cds version=v3 nonce=m1']],
  ],
};

for (const [title, steps] of Object.entries(ROWS)) {
  t.test(title, async t => {
    const proxy = new SmallProxy();
    const stream = new StateOfTheWorldClient(proxy.options);
    for (const [happens, sends] of steps) {
      proxy.fault = () => (happens.startsWith('!') ? 'no' : undefined);
      const sent = happens === 'open' ? stream.open() : stream.receive(responseOf(happens.replace('!', '')));
      t.same(sent.map(shownRequest), sends, happens);
    }
  });
}

t.test('of a wildcard type what is absent is gone, of another it stays', async t => {
  const proxy = new SmallProxy();
  const stream = new StateOfTheWorldClient(proxy.options);
  stream.open();
  stream.receive(responseOf('cds v1 n1 a:e:f@1 b@1'));
  stream.receive(responseOf('eds v1 n2 e@1 f@1'));
  stream.receive(responseOf('cds v2 n3 a:e:f@1'));
  stream.receive(responseOf('eds v2 n4 e@2'));
  t.same([...proxy.of('cds')], [['a:e:f', 'a:e:f@1']]);
  t.same([...proxy.of('eds').values()], ['e@2', 'f@1']);
  t.same(Object.fromEntries(stream.subscriptions.get(TYPE_URLS.eds)?.versions ?? []), { e: 'v2', f: 'v1' });
  stream.receive(responseOf('cds v3 n5'));
  t.same(proxy.dropped, ['eds e', 'eds f']);
  t.same([...(stream.subscriptions.get(TYPE_URLS.eds)?.versions ?? [])], []);
});

t.test('other roots may be given, if they have a wildcard', async t => {
  const { options } = new SmallProxy();
  const stream = new StateOfTheWorldClient({ ...options, roots: [TYPE_URLS.nds] });
  t.same(stream.open().map(shownRequest), ['nds node=me']);
  t.throws(() => new StateOfTheWorldClient({ ...options, roots: [TYPE_URLS.rds] }), /by name/);
});
