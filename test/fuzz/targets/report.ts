/** Reports whose texts come from servers and files: every format stays what it is. */

import fc, { type Arbitrary } from 'fast-check';
import { load } from 'js-yaml';
import { printable } from '../../../harness/base/printable.ts';
import { verdictLine } from '../../../harness/cli/terminal/lines.ts';
import { buildReport } from '../../../harness/report/build.ts';
import { formatHtml } from '../../../harness/report/html/html.ts';
import { formatJunit } from '../../../harness/report/junit.ts';
import { formatMarkdown } from '../../../harness/report/markdown.ts';
import type { ConformanceReport } from '../../../harness/report/report.ts';
import { formatTap } from '../../../harness/report/tap.ts';
import { readMarkup } from '../../support/markup.ts';
import { failedRun, passedRun, REPORT_FACTS } from '../../support/run-events.ts';
import { oddText } from '../inputs/values.ts';
import { target } from '../target.ts';

const passed = buildReport(passedRun(), REPORT_FACTS);
const failed = buildReport(failedRun(), REPORT_FACTS);

/** Keys whose texts are words of the model, by which formats choose. */
const WORDS = /^(outcome|verdict|kind|symptom|evidence|level|clock|fault|conclusion|state)$/;

type Path = readonly string[];

/** Lists the paths of all texts in a value, but for words of the model. */
const pathsOf = (value: unknown): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (typeof each === 'string') return WORDS.test(key) ? [] : [[key]];
    return pathsOf(each).map(path => [key, ...path]);
  });
};

const BASES = [passed, failed].map(base => ({ base, paths: pathsOf(base) }));

/** A text for a place of the report, by the place's number; instead of what stands there, or behind it. */
type Change = readonly [at: number, text: string, isWhole: boolean];

const changes: Arbitrary<readonly Change[]> = fc.array(fc.tuple(fc.nat(5000), oddText, fc.boolean()), {
  minLength: 1,
  maxLength: 4,
});

function changed(by: readonly Change[]): ConformanceReport {
  const { base, paths } = BASES[by.length % BASES.length] ?? { base: passed, paths: [] };
  const copy = structuredClone(base);
  for (const [at, text, isWhole] of by) {
    const path = paths[at % paths.length] ?? [];
    const holder = path.slice(0, -1).reduce<object>((value, key) => Reflect.get(value, key), copy);
    const key = path.at(-1) ?? '';
    Reflect.set(holder, key, isWhole ? text : `${Reflect.get(holder, key)}${text}`);
  }
  return copy;
}

const ANY_LINE = /^( {4})*(TAP version 14|\d+\.\.\d+( # .*)?|(not )?ok \d+ - .*|# .*| {2}.*|)$/;

function assertTap(text: string): void {
  let yaml: string[] | undefined;
  for (const line of text.split('\n')) {
    if (!ANY_LINE.test(line)) throw new Error(`no line of TAP: ${JSON.stringify(line)}`);
    if (/^ +---$/.test(line) && !yaml) yaml = [];
    else if (/^ +\.\.\.$/.test(line) && yaml) {
      load(yaml.join('\n'));
      yaml = undefined;
    } else yaml?.push(line);
  }
}

/** Asserts that a page makes no element of a text: it is escaped, or code. */
function assertNoMarkup(markdown: string): void {
  const fences = /^( *)(`{3,})\n(.|\n)*?\n\1\2$/gm;
  const spans = /(`+)(?!`)(.|\n)*?[^`]\1(?!`)/g;
  const found = /<[a-z!/].*/i.exec(
    markdown
      .replace(fences, '')
      .replace(/\\[`\\]/g, '')
      .replace(spans, ''),
  );
  if (found) throw new Error(`markup: ${found[0].slice(0, 100)}`);
}

type Style = Parameters<typeof verdictLine>[1];
const STYLE: Style = {
  // Each of them leaves a text as it is.
  colours: new Proxy({}, { get: () => (text: string) => text }) as Style['colours'],
  columns: 80,
  typed: text => text,
};

/** Reports. */
export const reports = target<readonly Change[]>({
  name: 'report',
  what: 'a report with texts from outside, to what writes it in every format',
  inputs: changes,
  judge: by => {
    const it = changed(by);
    const [html, junit, tap, markdown] = [formatHtml(it), formatJunit(it), formatTap(it), formatMarkdown(it)];
    for (const text of [html, junit, tap, markdown])
      if (printable(text) !== text) throw new Error('control characters');
    readMarkup(html);
    readMarkup(junit);
    assertTap(tap);
    assertNoMarkup(markdown);
    for (const scenario of it.scenarios) verdictLine(scenario, STYLE);
    return 'written';
  },
});
