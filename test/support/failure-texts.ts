/** What people read of one failure, on a terminal and in Markdown, held against fixtures/golden/failures. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import picocolors from 'picocolors';
import type { Test } from 'tap';
import { ProgressLines, verdictLine } from '../../harness/cli/terminal/lines.ts';
import { buildReport } from '../../harness/report/build.ts';
import { formatMarkdown } from '../../harness/report/markdown.ts';
import type { RunEvent } from '../../harness/run/events.ts';

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/golden/failures');
const PLAIN = {
  colours: picocolors.createColors(false),
  columns: undefined,
  typed: (text: string) => text,
};

/** The last part of a pod's name is chance. */
const withoutChance = (text: string): string => text.replace(/(-[a-f0-9]{8,10})-[a-z0-9]{5}\b/g, '$1-xxxxx');

/** Returns the lines of the one step or check on a terminal. */
function onTerminal(events: readonly RunEvent[], id: string): string {
  const lines = new ProgressLines({ style: PLAIN, now: () => 0 });
  const told = events.flatMap(event => {
    if (event.type === 'run-started') {
      lines.of(event);
      return [];
    }
    if (event.type === 'step-ended' && event.step === id) return lines.of(event);
    return event.type === 'check-ended' && event.result.id === id ? lines.of(event) : [];
  });
  if (told.length === 0) throw new Error(`Nothing is told of ${id}.`);
  return told.join('\n');
}

/** Returns the item of the one step or check in the Markdown report. */
function inMarkdown(events: readonly RunEvent[], id: string): string {
  const items = formatMarkdown(buildReport(events)).split(/^(?=- \*\*|#)/m);
  const item = items.find(text => text.startsWith('- **') && text.split('\n')[0]?.includes(`(\`${id}\`)`));
  if (item === undefined) throw new Error(`The report has no item ${id}.`);
  return item.trimEnd();
}

/**
 * Compares what is told of a step or check that failed with its golden text. UPDATE_GOLDEN=1 writes it anew.
 * @param events - of the whole run
 * @param name - the file's name
 */
export function holdFailureText(t: Test, events: readonly RunEvent[], id: string, name: string): void {
  hold(t, name, `${onTerminal(events, id)}\n\n${inMarkdown(events, id)}\n`);
}

/** Compares the closing lines of a run with their golden text. */
export function holdClosingLines(t: Test, events: readonly RunEvent[], name: string): void {
  const lines = buildReport(events).scenarios.map(scenario => verdictLine(scenario, PLAIN));
  hold(t, name, `${lines.join('\n')}\n`);
}

/** Tells whether a golden text is of a check of a family: `CLUSTER-path-counted`. */
export function hasFailureText(family: string): boolean {
  const id = new RegExp(`\\(\`${family.replace(/CLUSTER|PRIMARY|VERSION/g, '\\w+')}\`\\): failed`);
  return readdirSync(FOLDER).some(file => id.test(readFileSync(path.join(FOLDER, file), 'utf8')));
}

function hold(t: Test, name: string, text: string): void {
  const file = path.join(FOLDER, `${name}.txt`);
  const told = withoutChance(text);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, told);
  }
  t.equal(told, readFileSync(file, 'utf8'), name);
}
