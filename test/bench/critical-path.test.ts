/** The path that the bench of kind shows: what waited for what. */
import t from 'tap';
import { criticalPath, pathTable } from './critical-path.ts';

const span = (name: string, startMs: number, endMs: number) => ({ name, startMs, endMs });

t.test('the path has what the end waited for, and not what went on beside it', async t => {
  const spans = [
    span('create', 100, 1100),
    span('load', 1100, 1500),
    span('prove', 1110, 1400),
    span('install', 1900, 3000),
    span('quick', 1900, 2000),
  ];
  const path = criticalPath(spans, 0);
  t.same(
    path.map(({ name, idleMs }) => [name, idleMs]),
    [
      ['create', 100],
      ['load', 0],
      ['install', 400],
    ],
  );
  t.same(pathTable(path, 0), [
    '    0.0   0.1  (between)',
    '    0.1   1.0  create',
    '    1.1   0.4  load',
    '    1.5   0.4  (between)',
    '    1.9   1.1  install',
  ]);
});

t.test('a call that began before another ended has not waited for it', async t => {
  const spans = [span('first', 0, 1000), span('second', 500, 1800)];
  t.same(
    criticalPath(spans, 0).map(({ name }) => name),
    ['second'],
    'and what nothing ended before begins the path',
  );
  t.same(criticalPath([], 0), []);
});
