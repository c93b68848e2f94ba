/** Label selectors for documents of files. */
import t from 'tap';
import { parseSelector, SelectorError } from '../../../../harness/tools/embedded/kubectl/selectors.ts';

const labels = { app: 'helloworld', version: 'v1', size: '3' };

t.test('requirements', async t => {
  const rows: [string, boolean][] = [
    ['app=helloworld', true],
    ['app==helloworld', true],
    ['app=other', false],
    ['app!=other', true],
    ['tier!=x', true],
    ['app=helloworld,version=v1', true],
    ['app=helloworld,version=v2', false],
    ['version in (v1, v2)', true],
    ['version notin (v1)', false],
    ['tier notin (v1)', true],
    ['app', true],
    ['!app', false],
    ['!tier', true],
    ['size>2', true],
    ['size<3', false],
    ['app=', false],
  ];
  for (const [text, expected] of rows) t.equal(parseSelector(text)(labels), expected, text);
});

t.test('what cannot be read is refused', async t => {
  t.throws(
    () => parseSelector('a b'),
    new SelectorError("unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
  );
});
