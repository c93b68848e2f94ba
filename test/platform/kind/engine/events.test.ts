import t from 'tap';
import { readEnd } from '../../../../harness/platform/kind/engine/events.ts';

t.test('reads who ended and how', async t => {
  const line = JSON.stringify({
    Type: 'container',
    Action: 'die',
    Actor: { ID: '4f1c', Attributes: { name: 'mh-1-cluster1-control-plane', exitCode: '137', image: 'x' } },
  });
  t.same(readEnd(line), { name: 'mh-1-cluster1-control-plane', exitCode: '137' });
});

t.test('an event that does not say it all ends an unknown container', async t => {
  for (const line of ['{}', '{"Actor":{}}', '{"Actor":{"Attributes":{}}}'])
    t.same(readEnd(line), { name: '', exitCode: 'unknown' });
});

t.test('refuses what is no event', async t => {
  t.throws(() => readEnd('{"Actor":{"Attributes":{"exitCode":137}}}'), { name: 'ZodError' });
  t.throws(() => readEnd('[]'), { name: 'ZodError' });
  t.throws(() => readEnd('{'), SyntaxError);
});
