import t from 'tap';
import { Outcome } from '../../harness/base/outcome.ts';

t.test('an outcome is told once, whoever comes first', async t => {
  const told: string[] = [];
  const outcome = new Outcome((text: string) => told.push(text));
  t.notOk(outcome.isTaken);
  outcome.take()?.('first');
  t.ok(outcome.isTaken);
  outcome.take()?.('second');
  t.strictSame(told, ['first']);
});
