/** The report as Markdown, for the summary page of a CI run. */
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from './report.ts';
import {
  duration,
  evidenceSentence,
  figures,
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

function describeStep(step: StepReport): readonly string[] {
  const commands = step.commands.filter(({ exitCode, fault }) => exitCode !== 0 || fault !== undefined);
  return [
    `- **${cell(stepName(step))}** (\`${step.id}\`): ${step.outcome}${step.problem ? `. ${cell(step.problem.message)}` : ''}`,
    '',
    ...commands.flatMap(({ line, stdout, stderr }) =>
      block([`$ ${line}`, stdout ?? '', stderr ?? ''].filter(part => part !== '').join('\n')),
    ),
  ];
}

function describeCheck({ id, sentence, outcome, found, diagnosis }: CheckReport): readonly string[] {
  const steps =
    diagnosis && diagnosis.steps.length > 0
      ? ` Look at ${diagnosis.steps.map(step => `\`${step}\``).join(', ')}.`
      : '';
  return [
    `- **${cell(found)}** (\`${id}\`): ${outcome}`,
    ...(diagnosis ? [`  - Diagnosis: ${cell(diagnosis.sentence)}${steps}`] : []),
    `  - Claim: ${cell(sentence)}`,
    '',
  ];
}

function describeScenario(scenario: ScenarioReport): readonly string[] {
  const steps = openSteps(scenario);
  const checks = openChecks(scenario);
  const traffic = trafficOf(scenario);
  return [
    `## ${cell(scenario.scenario)}: ${scenario.verdict}`,
    '',
    cell(evidenceSentence(scenario)),
    '',
    ...(scenario.reason
      ? [
          `**${cell(scenario.reason.message)}**${scenario.reason.hint ? ` ${cell(scenario.reason.hint)}` : ''}`,
          '',
        ]
      : []),
    `Edition ${scenario.edition} (Istio ${scenario.istioVersion}), seed ${cell(scenario.seed)}, ${scenario.requests} requests per source, ${duration(scenario.durationMs)} of ${scenario.clock} time, ${scenario.steps.length} steps.${
      scenario.omitted.length > 0 ? ` Left out: ${scenario.omitted.map(id => `\`${id}\``).join(', ')}.` : ''
    }${scenario.keepGoing ? ' Went on after failures.' : ''}`,
    '',
    ...(steps.length > 0 ? ['### Steps that were not done', '', ...steps.flatMap(describeStep)] : []),
    ...(checks.length > 0 ? ['### Checks that did not pass', '', ...checks.flatMap(describeCheck)] : []),
    '### Checks',
    '',
    ...table(
      ['check', 'outcome', 'found'],
      scenario.checks.map(({ sentence, outcome, found }) => [cell(sentence), mark(outcome), cell(found)]),
    ),
    ...traffic.flatMap(({ from, sample }) =>
      sample
        ? [
            `From ${cell(from)}: ${[riskSentence(sample), ...togetherSentences(sample).map(cell)].join(' ')}`,
            '',
          ]
        : [],
    ),
    ...(scenario.adjustments.length > 0
      ? [
          '### Adjustments for the platform',
          '',
          ...scenario.adjustments.map(
            ({ tool, verb, addArgs, cluster, because }) =>
              `- \`${[tool, ...verb, ...addArgs].join(' ')}\` (${cell(cluster)}): ${cell(because)}`,
          ),
          '',
        ]
      : []),
    ...(scenario.cleanUpFailures.length > 0
      ? ['### Not cleaned up', '', ...scenario.cleanUpFailures.map(failure => `- ${cell(failure)}`), '']
      : []),
  ];
}

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
      report.scenarios.map(scenario => [
        cell(scenario.scenario),
        mark(scenario.verdict),
        cell(figures(scenario)),
        `${duration(scenario.durationMs)} (${scenario.clock})`,
      ]),
    ),
    ...report.scenarios.flatMap(describeScenario),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
