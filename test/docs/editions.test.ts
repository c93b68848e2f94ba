/** docs/editions.md speaks of every step that a plan of the guide has, and of no other. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { EDITION_NAMES, FOUR, planOf } from '../plan/scenarios.ts';

const page = readFileSync(new URL('../../docs/editions.md', import.meta.url), 'utf8');
/** The table's first column. */
const named = new Set(
  page
    .slice(page.indexOf('## What is done'), page.indexOf('## What is seen'))
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')),
);

t.test('the table of steps is that of the plans', async t => {
  const steps = new Set<string>();
  for (const edition of EDITION_NAMES) {
    for (const scenario of FOUR) {
      for (const { id } of (await planOf(scenario, edition)).steps)
        steps.add(id.replace(/^remote-secret\/.*/, 'remote-secret/…').replace(/^cluster\d\//, ''));
    }
  }
  t.same([...named].sort(), [...steps].sort());
});

t.test('the table says which edition lacks a step', async t => {
  const without = async (edition: string) => {
    const plans = await Promise.all(FOUR.map(scenario => planOf(scenario, edition)));
    const ids = plans.flatMap(({ steps }) => steps.map(({ id }) => id.replace(/^cluster\d\//, '')));
    return [...named].filter(name => !name.includes('/') && !ids.includes(name)).sort();
  };
  t.same(await without('1.8'), [
    'deploy-curl',
    'label-network',
    'list-remote-clusters',
    'set-control-plane',
    'wait-for-gateway',
  ]);
  t.same(await without('current'), ['deploy-sleep']);
});
