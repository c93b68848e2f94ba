import t from 'tap';
import { likeliest } from '../../harness/base/did-you-mean.ts';

const KNOWN = ['CLUSTER-workloads-ready', 'common-root', 'cluster1-traffic-path', 'cluster2-traffic-path'];

t.test('what somebody may have meant', async t => {
  for (const [asked, meant] of [
    ['comon-root', 'common-root'],
    ['common-roto', 'common-root'],
    ['COMMON-ROOT', 'common-root'],
    ['cluster2-trafic-paht', 'cluster2-traffic-path'],
    ['cluster-workloads-ready', 'CLUSTER-workloads-ready'],
    ['traffic', 'cluster1-traffic-path'],
    ['something else', undefined],
    ['', undefined],
    ['x', undefined],
  ] as const)
    t.equal(likeliest(asked, KNOWN), meant, asked);
});
