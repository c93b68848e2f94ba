/** What was written and is not simulated stands in the report, on its pages and on the terminal. */
import picocolors from 'picocolors';
import t from 'tap';
import { ProgressLines } from '../../harness/cli/terminal/lines.ts';
import { buildReport } from '../../harness/report/build.ts';
import { FORMATS } from '../../harness/report/formats.ts';
import { formatJson } from '../../harness/report/json.ts';
import { parseReport } from '../../harness/report/read/read-report.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { passedRun } from '../support/run-events.ts';

const TOLD = 'cluster1: EnvoyFilter sample/x is not simulated by mesh-harness and has no effect';
const event: RunEvent = { atMs: 5100, type: 'not-simulated', told: [TOLD] };
const run = passedRun().flatMap((each): readonly RunEvent[] =>
  each.type === 'clean-up-ended' ? [event, each] : [each],
);

t.test('the report has it, and is read again with it', async t => {
  const report = buildReport(run);
  t.same(report.scenarios[0]?.notSimulated, [TOLD]);
  t.match(parseReport(formatJson(report), 'report.json'), { scenarios: [{ notSimulated: [TOLD] }] });
  t.notOk('notSimulated' in (buildReport(passedRun()).scenarios[0] ?? {}), 'absent if nothing was written');
});

for (const file of ['report.json', 'report.html', 'report.md'] as const)
  t.test(`${file} shows it`, async t => {
    const text = FORMATS[file]?.(buildReport(run)) ?? '';
    t.match(text, TOLD);
  });

t.test('the terminal shows it', async t => {
  const style = {
    colours: picocolors.createColors(false),
    columns: undefined,
    typed: (text: string) => text,
  };
  const lines = new ProgressLines({ style, now: () => 0 });
  t.same(
    run.flatMap(each => lines.of(each)).filter(line => line.includes('not simulated')),
    [`  not simulated: ${TOLD}`],
  );
});
