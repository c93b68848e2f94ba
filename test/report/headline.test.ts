import { load } from 'js-yaml';
import picocolors from 'picocolors';
import t from 'tap';
import { verdictLine } from '../../harness/cli/terminal/lines.ts';
import { buildReport } from '../../harness/report/build.ts';
import { claimText, explanationOf, headlineOf, headlineText } from '../../harness/report/headline.ts';
import { formatHtml } from '../../harness/report/html/html.ts';
import { formatJson } from '../../harness/report/json.ts';
import { formatJunit } from '../../harness/report/junit.ts';
import { formatMarkdown } from '../../harness/report/markdown.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { formatTap } from '../../harness/report/tap.ts';
import { SYMPTOM_WORDS } from '../../harness/verify/traffic.ts';
import { readMarkup } from '../support/markup.ts';
import { failedRun } from '../support/run-events.ts';

const STYLE = { colours: picocolors.createColors(false), columns: undefined, typed: (text: string) => text };
const report = buildReport(failedRun());
const [scenario] = report.scenarios;
const closingLines = (whole: ConformanceReport) =>
  whole.scenarios.map(each => verdictLine(each, STYLE)).join('\n');
const FOR_PEOPLE = { closingLines, formatHtml, formatMarkdown, formatTap, formatJunit } as const;

/** What a format shows, as plain text on one line. */
const plain = (text: string) =>
  text
    .replace(/<[^>]*>/g, '')
    .replace(/&#10;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\\/g, '')
    .replace(/\s+/g, ' ');

const CAUSE = 'the istiod of cluster1 has no remote secret for cluster2';
const STEP = 'remote-secret/cluster2-in-cluster1';
const COMMAND = 'istioctl x create-remote-secret |';
const SEEN = 'Step cluster2/install-gateway failed';

t.test('the reason of every format is cause, step and command, and then what was seen', async t => {
  t.equal(scenario?.reason?.diagnosis?.steps[0], STEP);
  const first = (text: string, words: string) => {
    const index = text.indexOf(words);
    t.ok(index >= 0, words);
    return index;
  };
  const yaml = /\n {2}---\n {2}verdict([\s\S]*?)\n {2}\.\.\.\n$/.exec(formatTap(report))?.[0] ?? '';
  const box = /<(\w+) class="notice[^"]*">([\s\S]*?)<\/\1>/.exec(formatHtml(report))?.[2] ?? '';
  const texts = {
    'closing lines': closingLines(report).split('\n').slice(1).join('\n'),
    'the first box of the page': plain(box),
    markdown: formatMarkdown(report).split('\n## ')[1] ?? '',
    'test anything': yaml,
    json: JSON.stringify(JSON.parse(formatJson(report)).scenarios[0].reason),
  };
  for (const [format, text] of Object.entries(texts)) {
    t.comment(format);
    const places = [CAUSE, STEP, COMMAND, SEEN].map(words => first(text, words));
    t.same(
      places,
      [...places].sort((a, b) => a - b),
      `${format}: in this order`,
    );
  }
  const reason = readMarkup(formatJunit(report))
    .find('property')
    .find(({ attributes }) => attributes['name'] === 'reason')?.attributes['value'];
  t.match(reason, new RegExp(`${CAUSE}\\. Step: ${STEP}.* Seen: ${SEEN}\\.$`));
  t.doesNotThrow(() => load(yaml.replace(/^ *(---|\.\.\.)$/gm, '')));
});

t.test('a claim that does not hold is quoted as refuted, and nowhere else', async t => {
  for (const [name, format] of Object.entries(FOR_PEOPLE)) {
    const text = plain(format(report));
    for (const { index } of text.matchAll(/Calls from cluster1 are answered/g))
      t.match(text.slice(0, index), /(Refuted: |claim: '?Refuted: )"$/, name);
  }
});

t.test('a claim that nobody could ask about is not called refuted', async t => {
  const sentence = 'Gateways refuse strangers.';
  for (const [check, text] of [
    [{ outcome: 'failed' }, 'Refuted: "Gateways refuse strangers."'],
    [{ outcome: 'failed', unproved: true }, 'Not proved: "Gateways refuse strangers."'],
    [{ outcome: 'unknown' }, 'Not decided: "Gateways refuse strangers."'],
  ] as const)
    t.equal(claimText({ ...check, sentence }), text);
});

t.test('codes of symptoms are for programs', async t => {
  t.match(formatJson(report), /"symptom": "R"/);
  for (const [name, format] of Object.entries(FOR_PEOPLE)) {
    const text = plain(format(report));
    t.notMatch(text, /(cluster1|symptom"?:?) "?'?(R|X|B|CFG|DNS|NOPOD)\b/, name);
    t.ok(text.includes(SYMPTOM_WORDS.R), `${name}: in words`);
  }
});

t.test('what has no diagnosis says what was found, and what to do', async t => {
  const problem = { kind: 'environment', message: 'No docker on PATH', hint: 'Install Docker.' } as const;
  t.equal(headlineText(headlineOf(problem)), 'No docker on PATH. Install Docker.');
  t.same(explanationOf({ cause: 'calls-fail', sentence: 'Nobody knows.', steps: [] }), [
    { term: 'Cause', text: 'Nobody knows.' },
  ]);
  t.match(explanationOf({ cause: 'calls-fail', sentence: 'A.', steps: ['a', 'b', 'c'] }), [
    {},
    { term: 'Step', text: 'a' },
    { term: 'Look also at', text: 'b, c' },
  ]);
});
