/** The same seed gives the same run: reports are equal byte for byte, apart from what they call volatile. */
import t from 'tap';
import { formatJson } from '../../harness/report/json.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { run, type SessionOptions } from '../../harness/session.ts';
import { EDITION_NAMES, topologyOf } from '../plan/scenarios.ts';

t.setTimeout(300_000);

/** Runs differ in their ids and in the wall's time; the virtual clock starts at the wall's now. */
const EMPTY: ConformanceReport['volatile'] = {
  runId: null,
  runIds: [],
  startedAt: null,
  endedAt: null,
  wallDurationMs: null,
  host: null,
  nodeVersion: null,
  keyFingerprints: {},
};

async function reportFor(scenario: string, options: Partial<SessionOptions>): Promise<string> {
  const report = await run({ topology: await topologyOf(scenario), extended: true, ...options });
  return formatJson({ ...report, volatile: EMPTY });
}

for (const edition of EDITION_NAMES) {
  for (const [scenario, omit] of [
    ['multi-primary', []],
    ['primary-remote-multi-network', []],
    ['primary-remote-multi-network', ['cluster1/expose-istiod']],
  ] as const) {
    t.test(`${scenario}, edition ${edition}${omit.map(step => `, without ${step}`).join('')}`, async t => {
      const first = await reportFor(scenario, { edition, omit, seed: '7' });
      t.equal(await reportFor(scenario, { edition, omit, seed: '7' }), first);
    });
  }
  t.test(`another seed gives another run, edition ${edition}`, async t => {
    const [one, other] = [
      await reportFor('multi-primary', { edition, seed: '7' }),
      await reportFor('multi-primary', { edition, seed: '8' }),
    ];
    t.not(other, one);
  });
}
