/** What differs between Istio's releases is in one place, as data. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { EDITIONS } from '../../../harness/plan/plan.ts';
import { behaviourOf } from '../../../harness/simulator/istio/releases.ts';

const ISTIO = fileURLToPath(new URL('../../../harness/simulator/istio', import.meta.url));

t.test('no code asks which release it is: it asks for a property of the edition', async t => {
  const files = readdirSync(ISTIO, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.ts'),
  );
  t.ok(files.length > 50);
  for (const file of files) {
    const lines = readFileSync(path.join(ISTIO, file), 'utf8').split('\n');
    const asking = lines.filter(line =>
      /\.line\s*[!=]==|[!=]==\s*'(1\.8|current)'|startsWith\('1\./.test(line),
    );
    if (asking.length > 0) t.fail(`${file}: ${asking.join(' ')} (give releases.ts a property for it)`);
  }
});

t.test('every edition of the guide has its behaviour, and no release goes unnoticed', async t => {
  for (const { name, istioVersion } of EDITIONS) t.equal(behaviourOf(istioVersion).line, name);
  t.equal(behaviourOf('1.8.6').line, '1.8');
  t.throws(() => behaviourOf('1.80.0'), {
    message: /Istio 1\.80\.0 is not simulated; 1\.8\.x and 1\.30\.x are/,
  });
  t.throws(() => behaviourOf('1.29.0'), { message: /not simulated/ });
});

t.test('the editions differ where Istio does', async t => {
  const [old, now] = [behaviourOf('1.8.0'), behaviourOf('1.30.3')];
  // docs/reference/istio.md I8, I12, I10
  t.same([old.lbPolicy, now.lbPolicy], ['ROUND_ROBIN', 'LEAST_REQUEST']);
  t.same(
    [old, now].map(({ envoy }) => envoy.retriesConnectTimeouts),
    [false, true],
  );
  t.same(
    [old, now].map(({ inbound }) => inbound.clusterName({ service: 80, container: 5000 }, 'http', 'a.b.svc')),
    ['inbound|80|http|a.b.svc', 'inbound|5000||'],
  );
  t.same(
    [old, now].map(({ leadsRemoteClusters }) => leadsRemoteClusters),
    [false, true],
  );
});
