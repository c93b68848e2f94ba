import t from 'tap';
import { expandUrl, GlobError } from '../../../../harness/simulator/images/curl/url-glob.ts';

const EXPANSIONS: readonly (readonly [string, readonly string[]])[] = [
  ['http://a/', ['http://a/']],
  ['http://a/[1-3]', ['http://a/1', 'http://a/2', 'http://a/3']],
  ['a[08-10:2]b', ['a08b', 'a10b']],
  ['[a-c:2]', ['a', 'c']],
  ['{x,y}-[1-2]', ['x-1', 'x-2', 'y-1', 'y-2']],
  ['{a,}b', ['ab', 'b']],
  ['a\\[1\\]', ['a[1]']],
];
for (const [pattern, urls] of EXPANSIONS) {
  t.test(`${pattern} is ${urls.join(' ')}`, t => {
    t.same(
      expandUrl(pattern).map(({ url }) => url),
      urls,
    );
    t.end();
  });
}

for (const pattern of ['[3-1]', '[1-2', '[1-2:0]', '{a', 'a]', 'a}', '{}', '[]', '[1-9999999999]']) {
  t.test(`${pattern} is refused`, t => {
    try {
      expandUrl(pattern);
      t.fail('it was taken');
    } catch (error) {
      t.ok(error instanceof GlobError);
    }
    t.end();
  });
}
