import t from 'tap';
import { didYouMean } from '../../harness/base/did-you-mean.ts';

const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
];
const STEPS = [
  'cluster1/install-istio',
  'cluster2/install-istio',
  'remote-secret/cluster1-in-cluster2',
  'remote-secret/cluster2-in-cluster1',
];

t.test('the nearest names are asked for, and nothing where none is near', async t => {
  const rows: readonly (readonly [asked: string, known: readonly string[], said: string | undefined])[] = [
    ['multi-primry', SCENARIOS, 'Did you mean multi-primary?'],
    ['mulit-primary', SCENARIOS, 'Did you mean multi-primary?'],
    ['Primary-Remote', SCENARIOS, 'Did you mean primary-remote?'],
    ['primary-remote-multinetwork', SCENARIOS, 'Did you mean primary-remote-multi-network?'],
    ['install-istio', STEPS, 'Did you mean cluster1/install-istio or cluster2/install-istio?'],
    ['cluster1/instal-istio', STEPS, 'Did you mean cluster1/install-istio?'],
    [
      'remote-secret/cluster1-in-cluster1',
      STEPS,
      'Did you mean remote-secret/cluster1-in-cluster2 or remote-secret/cluster2-in-cluster1?',
    ],
    ['ambient', SCENARIOS, undefined],
    ['', SCENARIOS, undefined],
    ['multi-primary', [], undefined],
  ];
  for (const [asked, known, said] of rows) t.equal(didYouMean(asked, known), said, asked);
});
