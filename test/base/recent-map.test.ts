import t from 'tap';
import { RecentMap } from '../../harness/base/recent-map.ts';

t.test('what was not used for longest goes', async t => {
  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  t.equal(map.get('a'), 1);
  map.set('c', 3);
  t.equal(map.get('b'), undefined, 'asked for before the others');
  t.equal(map.get('a'), 1);
  map.set('c', 4);
  map.set('d', 5);
  t.equal(map.get('c'), 4, 'set anew');
  t.equal(map.get('a'), undefined);
});
