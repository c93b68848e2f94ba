/** What the bench would measure, and what it says of figures that were measured. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function bench(argv: readonly string[], ci?: string) {
  const { CI: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/bench/bench.mjs', ...argv], {
    cwd: ROOT,
    env: { ...env, ...(ci !== undefined && { CI: ci }) },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

t.test('what is measured alone is measured with what it is compared with', t => {
  const listed = (only: string) => bench(['--list', '--only', only]).stdout.trim().split('\n');
  t.same(listed('50 clusters'), ['20 clusters', '50 clusters']);
  t.same(listed('2 + 48 clusters,help'), ['node -e 0', 'help', '2 + 18 clusters', '2 + 48 clusters']);
  t.same(listed('6300 calls'), ['300 calls', '6300 calls']);
  t.end();
});

t.test('figures above a budget end with 1, but in CI', t => {
  const figure = (seconds: number, cpuSeconds: number, megabytes: number) => ({
    seconds,
    cpuSeconds,
    megabytes,
  });
  const measured = {
    node: 'v20.0.0',
    cpus: 2,
    load: 0,
    rounds: 5,
    figures: {
      '300 calls': figure(1, 1, 100),
      '6300 calls': figure(2.2, 2.2, 100),
      '20 clusters': figure(10, 11, 500),
      '50 clusters': figure(79, 110, 2800),
    },
    against: 'abc',
    others: { '20 clusters': figure(20, 30, 900) },
  };
  const file = path.join(t.testdir(), 'figures.json');
  writeFileSync(file, JSON.stringify(measured));
  const wall = bench(['--from', file]);
  const rows = wall.stdout.split('\n').filter(row => /^[✓✗]/.test(row));
  t.same(rows, [
    '✗ 20 clusters, all primaries, time: 0.50 (must 0.45, aim 0.33)',
    '✓ 20 clusters, all primaries, memory: 0.56 (must 0.6, aim 0.5)',
    '✓ 50 clusters ÷ 20 clusters: 7.90 (must 8, aim 7)',
    '✓ 50 clusters, MB: 2800.00 (must 3072, aim 2560)',
    '✓ a call through two sidecars and a gateway, ms: 0.20 (must 0.25, aim 0.2)',
  ]);
  t.equal(wall.status, 1);
  t.equal(bench(['--from', file], 'true').status, 0);
  const cpu = bench(['--from', file, '--by', 'cpu']);
  t.match(cpu.stdout, /✓ 20 clusters, all primaries, time: 0.37 .*\n.*\n✗ 50 clusters ÷ 20 clusters: 10.00/);
  t.end();
});
