/** The report as Markdown, for the summary page of a CI run. */
import { printable } from '../base/printable.ts';
import type { StepId } from '../plan/step.ts';
import type { Problem } from '../run/events.ts';
import type { Diagnosis } from '../verify/check.ts';
import { editionWords } from './found.ts';
import { claimText, explanationOf, headlineOf } from './headline.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from './report.ts';
import {
  duration,
  evidenceSentence,
  figures,
  messageBelow,
  neverBegun,
  openChecks,
  openSteps,
  riskSentence,
  stepName,
  togetherSentences,
  trafficOf,
} from './words.ts';

/** Writes a cell of a table: without line ends, pipes and markup. */
function cell(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\`*_[\]|]/g, String.raw`\$&`)
    .replace(/</g, '&lt;');
}

/** Writes a text as code; the fence is longer than any in the text. */
function code(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  // A blank beside a fence is dropped (CommonMark 6.1): a text may begin or end with one, or with a backtick.
  const edge = /^[` ]|[` ]$|^$/.test(text) ? ' ' : '';
  return `${fence}${edge}${text.replace(/[\r\n]+/g, ' ')}${edge}${fence}`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [row(...head), row(...head.map(() => '---')), ...rows.map(cells => row(...cells)), ''];
}

/** Fences a block of text; the fence is longer than any in the text. */
function block(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, text.trimEnd(), fence, ''];
}

const MARKS: Readonly<Record<string, string>> = { passed: '✓', done: '✓', failed: '✗', unknown: '?' };
const mark = (outcome: string) => `${MARKS[outcome] ?? '–'} ${outcome}`;

/** Writes a headline as paragraphs, the first of them in bold. */
function headline(problem: Problem, omitted: readonly StepId[]): readonly string[] {
  return headlineOf(problem, omitted).flatMap(({ term, text, files = [], commands = [] }, index) => {
    const line = [term === undefined ? '' : `${term}:`, cell(text)].filter(part => part !== '').join(' ');
    const typed = [...files, ...commands];
    return [index === 0 ? `**${line}**` : line, '', ...(typed.length > 0 ? block(typed.join('\n')) : [])];
  });
}

function describeStep(step: StepReport, omitted: readonly StepId[]): readonly string[] {
  const commands = step.commands.filter(({ exitCode, fault }) => exitCode !== 0 || fault !== undefined);
  return [
    `- **${cell(stepName(step))}** (${code(step.id)}): ${step.outcome}${step.problem ? `. ${cell(messageBelow(stepName(step), step.problem.message))}` : ''}`,
    ...(step.problem?.diagnosis ? explain(step.problem.diagnosis, omitted) : []),
    '',
    ...commands.flatMap(({ line, stdout, stderr }) =>
      block([`$ ${line}`, stdout ?? '', stderr ?? ''].filter(part => part !== '').join('\n')),
    ),
  ];
}

/** Writes a diagnosis as a list below an item; commands stand on one line each. */
const explain = (diagnosis: Diagnosis, omitted: readonly StepId[]): readonly string[] =>
  explanationOf(diagnosis, omitted).flatMap(({ term, text, files = [], commands = [] }) => [
    `  - ${term}: ${cell(text)}`.trimEnd(),
    ...(commands.length > 0 ? indented(block([...files, ...commands].join('\n'))) : []),
  ]);

const indented = (lines: readonly string[]) =>
  ['', ...lines.flatMap(line => line.split('\n'))].map(line => (line === '' ? '' : `    ${line}`));

function describeCheck(check: CheckReport, omitted: readonly StepId[]): readonly string[] {
  const { id, outcome, found, diagnosis } = check;
  return [
    `- **${cell(found)}** (${code(id)}): ${outcome}`,
    ...(diagnosis ? explain(diagnosis, omitted) : []),
    `  - ${cell(claimText(check))}`,
    '',
  ];
}

/** What was lost to faults that came and went, and how long recovery took; nothing where none came. */
function faultTable({ checks }: ScenarioReport): readonly string[] {
  const faults = checks.flatMap(({ fault }) => (fault ? [fault] : []));
  if (faults.length === 0) return [];
  const time = (ms: number | null, none: string) => (ms === null ? none : duration(ms));
  return [
    '### Faults',
    '',
    ...table(
      ['fault', 'lost', 'first error', 'healed itself', 'recovered after', 'seen'],
      faults.map(({ what, lost, calls, firstErrorMs, healedMs, recoveredMs, sources }) => [
        cell(what),
        `${lost} of ${calls}`,
        time(firstErrorMs, '–'),
        time(healedMs, '–'),
        time(recoveredMs, 'never'),
        sources.map(({ cluster, symptom }) => `${cell(cluster)} ${symptom}`).join(', '),
      ]),
    ),
  ];
}

function describeScenario(scenario: ScenarioReport): readonly string[] {
  const steps = openSteps(scenario);
  const checks = openChecks(scenario);
  const traffic = trafficOf(scenario);
  return [
    `## ${cell(scenario.scenario)}: ${scenario.verdict}`,
    '',
    ...(scenario.reason ? headline(scenario.reason, scenario.omitted) : []),
    cell(evidenceSentence(scenario)),
    '',
    `Edition ${cell(editionWords(scenario))}, seed ${cell(scenario.seed)}, ${scenario.requests} requests per source, ${duration(scenario.durationMs)} of ${scenario.clock} time, ${scenario.steps.length} steps.${
      scenario.omitted.length > 0 ? ` Left out: ${scenario.omitted.map(code).join(', ')}.` : ''
    }${scenario.keepGoing ? ' Went on after failures.' : ''}`,
    '',
    ...(steps.length > 0
      ? ['### Steps that were not done', '', ...steps.flatMap(step => describeStep(step, scenario.omitted))]
      : []),
    ...(checks.length > 0
      ? [
          '### Checks that did not pass',
          '',
          ...checks.flatMap(check => describeCheck(check, scenario.omitted)),
        ]
      : []),
    '### Checks',
    '',
    ...table(
      ['check', 'outcome', 'found'],
      // The claim of a check that did not pass would read as if it held.
      scenario.checks.map(({ id, sentence, outcome, found }) => [
        outcome === 'passed' ? cell(sentence) : code(id).replaceAll('|', '\\|'),
        mark(outcome),
        cell(found),
      ]),
    ),
    ...faultTable(scenario),
    ...traffic.flatMap(({ from, sample }) =>
      sample
        ? [
            `From ${cell(from)}: ${[riskSentence(sample), ...togetherSentences(sample).map(cell)].join(' ')}`,
            '',
          ]
        : [],
    ),
    ...adjustmentsOf(scenario),
    ...remarksOf(scenario),
    ...(scenario.cleanUpFailures.length > 0
      ? ['### Not cleaned up', '', ...scenario.cleanUpFailures.map(failure => `- ${cell(failure)}`), '']
      : []),
  ];
}

const adjustmentsOf = ({ adjustments }: ScenarioReport): readonly string[] =>
  adjustments.length === 0
    ? []
    : [
        '### Adjustments for the platform',
        '',
        ...adjustments.map(
          ({ tool, verb, addArgs, cluster, because }) =>
            `- ${code([tool, ...verb, ...addArgs].join(' '))} (${cell(cluster)}): ${cell(because)}`,
        ),
        '',
      ];

/** Lists what else is to be known of the platform, and what had no effect on it. */
const remarksOf = ({ remarks, notSimulated }: ScenarioReport): readonly string[] => [
  ...listOf('Remarks on the platform', remarks),
  ...listOf('Written, and not simulated', notSimulated),
];

const listOf = (title: string, texts: readonly string[] = []): readonly string[] =>
  texts.length > 0 ? [`### ${title}`, '', ...texts.map(text => `- ${cell(text)}`), ''] : [];

/** Writes a report as Markdown. It leaves out all that differs between equal runs. */
export function formatMarkdown(report: ConformanceReport): string {
  const lines = [
    `# mesh-harness: ${report.verdict}`,
    '',
    ...(report.interrupted ? ['The run was interrupted.', ''] : []),
    `Evidence level: **${report.evidence}**`,
    '',
    ...table(
      ['scenario', 'verdict', 'answers', 'duration'],
      [
        ...report.scenarios.map(scenario => [
          cell(scenario.scenario),
          mark(scenario.verdict),
          cell(figures(scenario)),
          `${duration(scenario.durationMs)} (${scenario.clock})`,
        ]),
        ...(report.notBegun ?? []).map(name => [cell(name), mark(neverBegun(report)), '', '']),
      ],
    ),
    ...report.scenarios.flatMap(describeScenario),
  ];
  return printable(`${lines.join('\n').trimEnd()}\n`);
}
