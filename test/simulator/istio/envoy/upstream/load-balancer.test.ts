import t from 'tap';
import { createRandom } from '../../../../../harness/base/random.ts';
import {
  balancerFor,
  type LoadBalancer,
} from '../../../../../harness/simulator/istio/envoy/upstream/load-balancer.ts';

interface TestHost {
  readonly name: string;
  weight: number;
  rqActive: number;
}
const host = (name: string, weight = 1): TestHost => ({ name, weight, rqActive: 0 });

function picks(balancer: LoadBalancer<TestHost>, times: number): string {
  return Array.from({ length: times }, () => balancer.pick()?.name ?? '-').join('');
}
const count = (text: string, letter: string) => text.split(letter).length - 1;

t.test('without hosts there is nothing to pick', async t => {
  t.equal(balancerFor('ROUND_ROBIN', createRandom('s')).pick(), undefined);
  t.equal(balancerFor('LEAST_REQUEST', createRandom('s')).pick(), undefined);
});

t.test('round robin takes turns, from a start that depends on the seed', async t => {
  const starts = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const balancer = balancerFor<TestHost>('ROUND_ROBIN', createRandom(`${seed}`));
    balancer.setHosts([host('a'), host('b'), host('c')]);
    const sequence = picks(balancer, 9);
    t.match(sequence.repeat(2), /abcabc/);
    t.equal(sequence.slice(0, 3), sequence.slice(3, 6));
    starts.add(sequence.charAt(0));
  }
  t.equal(starts.size, 3);
});

t.test('the round goes on where it was when hosts come and go', async t => {
  const balancer = balancerFor<TestHost>('ROUND_ROBIN', createRandom('s'));
  balancer.setHosts([host('a'), host('b')]);
  const first = picks(balancer, 1);
  balancer.setHosts([host('a'), host('b')]);
  t.not(picks(balancer, 1), first);
});

t.test('weights share the picks out exactly, and evenly in time', async t => {
  for (const seed of ['1', '2', '3']) {
    const balancer = balancerFor<TestHost>('ROUND_ROBIN', createRandom(seed));
    balancer.setHosts([host('a', 1), host('b', 3)]);
    const sequence = picks(balancer, 400);
    t.equal(count(sequence, 'a'), 100);
    t.notMatch(sequence, /aa|bbbbb/);
  }
});

t.test('least request with idle hosts is a fair coin', async t => {
  const balancer = balancerFor<TestHost>('LEAST_REQUEST', createRandom('coin'));
  balancer.setHosts([host('a'), host('b')]);
  const share = count(picks(balancer, 1000), 'a') / 1000;
  t.ok(share > 0.42 && share < 0.58, `share ${share}`);
});

t.test('least request avoids the busier of two', async t => {
  const balancer = balancerFor<TestHost>('LEAST_REQUEST', createRandom('busy'));
  const [a, b] = [host('a'), host('b')];
  a.rqActive = 5;
  balancer.setHosts([a, b]);
  const share = count(picks(balancer, 1000), 'a') / 1000;
  t.ok(share > 0.18 && share < 0.32, `only when both picks fall on it: ${share}`);
});

t.test('least request with weights turns by weight and load', async t => {
  const balancer = balancerFor<TestHost>('LEAST_REQUEST', createRandom('weights'));
  balancer.setHosts([host('a', 1), host('b', 4)]);
  t.equal(count(picks(balancer, 500), 'a'), 100);
});

t.test('the same seed makes the same picks', async t => {
  const run = (seed: string) => {
    const balancer = balancerFor<TestHost>('LEAST_REQUEST', createRandom(seed));
    balancer.setHosts([host('a'), host('b'), host('c')]);
    return picks(balancer, 50);
  };
  t.equal(run('x'), run('x'));
  t.not(run('x'), run('y'));
});
