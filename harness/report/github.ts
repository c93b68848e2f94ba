/** A report for GitHub: annotations of a workflow's run, and the summary of its step. Pure. */
import { workflowCommand } from '../base/workflow-command.ts';
import { caseGroupsOf } from './cases.ts';
import { headlineOf, headlineText } from './headline.ts';
import { formatMarkdown } from './markdown.ts';
import type { ConformanceReport } from './report.ts';

/** GitHub shows so many errors of a step, and drops the others. */
const MOST_SHOWN = 10;
/** GitHub refuses the summary of a step that has more bytes. */
export const SUMMARY_BYTES = 1024 * 1024;

/**
 * Writes a workflow command for each failure, at most as many as GitHub shows: the last one counts the
 * others.
 * @see GitHub's documentation, "Workflow commands for GitHub Actions" and "Usage limits" of annotations
 */
export function annotationsOf(report: ConformanceReport): string {
  const bad = caseGroupsOf(report).flatMap(({ name, scenario, cases }) =>
    cases.flatMap(({ id, problem }) =>
      problem
        ? [{ title: `${name}: ${id}`, text: headlineText(headlineOf(problem, scenario?.omitted)) }]
        : [],
    ),
  );
  const shown = bad.length > MOST_SHOWN ? bad.slice(0, MOST_SHOWN - 1) : bad;
  const commands = shown.map(({ title, text }) => workflowCommand('error', { title }, text));
  const more = bad.length - shown.length;
  if (more > 0)
    commands.push(
      workflowCommand('error', { title: 'mesh-harness' }, `${more} more did not pass; the report has them.`),
    );
  return commands.join('');
}

/** Writes the summary of a step: the report as Markdown, cut where GitHub would refuse it. */
export function stepSummaryOf(report: ConformanceReport, room: number = SUMMARY_BYTES): string {
  const text = formatMarkdown(report);
  if (Buffer.byteLength(text) <= room) return text;
  const note = '\n\nThe rest is in the report.\n';
  const kept = Buffer.from(text).subarray(0, Math.max(0, room - Buffer.byteLength(note)));
  // The last line may be half a character, or half a row of a table.
  const whole = kept.subarray(0, kept.lastIndexOf('\n'.charCodeAt(0)) + 1).toString('utf8');
  return `${beforeOpenBlock(whole)}${note}`;
}

/** Drops a block of code that the cut has left open: it would take what follows for its own. */
function beforeOpenBlock(text: string): string {
  const lines = text.split('\n');
  let fence = '';
  let beginning = lines.length;
  for (const [index, line] of lines.entries()) {
    if (fence === '' && /^`{3,}$/.test(line)) {
      fence = line;
      beginning = index;
    } else if (line === fence) {
      fence = '';
      beginning = lines.length;
    }
  }
  return beginning === lines.length ? text : `${lines.slice(0, beginning).join('\n')}\n`;
}
