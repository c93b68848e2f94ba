/** The form of quantities in stored objects (apimachinery pkg/api/resource/quantity_test.go @v0.32). */
import t from 'tap';
import { canonicalQuantity } from '../../../../harness/simulator/kubernetes/registry/canonical-quantity.ts';
import { keepBuiltIn } from '../../../../harness/simulator/kubernetes/registry/schema/built-in.ts';

t.test('a quantity is given back in its canonical form', async t => {
  const rows: readonly [written: string, stored: string][] = [
    ['2000m', '2'],
    ['1024Mi', '1Gi'],
    ['2048Mi', '2Gi'],
    ['128Mi', '128Mi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1Ki', '1Ki'],
    ['100m', '100m'],
    ['0.1', '100m'],
    ['.5', '500m'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['10000000', '10M'],
    ['1e3', '1e3'],
    ['1000e3', '1e6'],
    ['1e4', '10e3'],
    ['0', '0'],
    ['0Mi', '0'],
    ['-2000m', '-2'],
    ['1.23n', '2n'],
    ['16Ei', '9223372036854775807'],
    // As the server's fast path leaves them.
    ['1.500', '1.500'],
    ['1.', '1.'],
    ['+5', '+5'],
  ];
  for (const [written, stored] of rows) t.equal(canonicalQuantity(written, 'nano'), stored, written);
  t.equal(canonicalQuantity('1n', 'milli'), '1m', 'a list of resources knows nothing smaller');
  t.equal(canonicalQuantity('-1e-999999999', 'milli'), '-1e-3');
});

t.test('resources of containers, and volumes, are stored in that form', async t => {
  const pod = {
    spec: {
      containers: [
        { name: 'a', resources: { limits: { cpu: '2000m', memory: '1024Mi' }, requests: { cpu: 1 } } },
      ],
      volumes: [{ name: 'v', emptyDir: { sizeLimit: '1024Ki' } }],
    },
  };
  keepBuiltIn('v1', 'Pod', pod);
  t.match(pod.spec, {
    containers: [{ resources: { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1' } } }],
    volumes: [{ emptyDir: { sizeLimit: '1Mi' } }],
  });
});
