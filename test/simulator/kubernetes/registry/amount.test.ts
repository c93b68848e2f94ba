import t from 'tap';
import { added, amountOf, amountText } from '../../../../harness/simulator/kubernetes/registry/amount.ts';

t.test('sums of quantities are told in the form of the first', async t => {
  const sum = (...texts: string[]) => amountText(texts.map(amountOf).reduce(added));
  t.equal(sum('500m', '500m'), '1');
  t.equal(sum('0', '512Mi', '512Mi'), '1Gi');
  t.equal(sum('1Gi', '1'), '1073741825');
  t.equal(sum('1Gi', '500m'), '1073741824500m');
  t.equal(sum('1k', '1Ki'), '2024');
  t.equal(sum('0.1', '0.2'), '300m');
  t.equal(sum('1n', '0.1n'), '2n');
});
