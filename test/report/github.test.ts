/** A report for GitHub: no more annotations than it shows, no longer a summary than it takes. */
import t from 'tap';
import { buildReport } from '../../harness/report/build.ts';
import { annotationsOf, stepSummaryOf } from '../../harness/report/github.ts';
import { formatMarkdown } from '../../harness/report/markdown.ts';
import { commandsIn } from '../support/github/commands.ts';
import { failedRun, passedRun, REPORT_FACTS } from '../support/run-events.ts';

t.test('of many failures the first are shown, and the others are counted', async t => {
  const failures = [1, 2, 3, 4, 5, 6, 7].flatMap(() => failedRun());
  const commands = commandsIn(annotationsOf(buildReport(failures, REPORT_FACTS)));
  t.equal(commands.length, 10);
  const one = commandsIn(annotationsOf(buildReport(failedRun(), REPORT_FACTS)));
  const all = 7 * one.length;
  t.same(commands.slice(0, 9), [...Array(7)].flatMap(() => one).slice(0, 9));
  t.match(commands[9], {
    command: 'error',
    properties: { title: 'mesh-harness' },
    text: `${all - 9} more did not pass; the report has them.`,
  });
});

t.test('scenarios that were never begun are annotations', async t => {
  const report = buildReport(passedRun(), { ...REPORT_FACTS, notBegun: ['my: mesh, 100%'] });
  t.match(commandsIn(annotationsOf(report)), [
    { command: 'error', properties: { title: 'my: mesh, 100%: run' }, text: /never begun/ },
  ]);
});

t.test('a summary is the report in Markdown, and whole lines of it where that is too long', async t => {
  const report = buildReport(failedRun(), REPORT_FACTS);
  const whole = formatMarkdown(report);
  t.equal(stepSummaryOf(report), whole);
  t.match(whole, /^```$/m, 'there are blocks to cut through');
  for (let room = Buffer.byteLength(whole) - 1; room > 1000; room -= 25) {
    const text = stepSummaryOf(report, room);
    t.ok(Buffer.byteLength(text) <= room, `${room}`);
    const [kept = '', rest] = text.split('\n\n\nThe rest is in the report.\n');
    t.equal(rest, '');
    t.ok(whole.startsWith(`${kept}\n`), 'nothing is cut within a line');
    t.equal((kept.match(/^```/gm) ?? []).length % 2, 0, `${room}: no block is open`);
  }
});
