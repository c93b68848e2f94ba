/** A plan as a bash script that a person can read and run: the guide's commands in the guide's order. */
import { oneLine } from '../../base/printable.ts';
import { quoteWord } from '../../base/quote.ts';
import type { Command } from '../../model/command.ts';
import type { ClusterName } from '../../model/names.ts';
import { contextVariable } from '../mesh.ts';
import type { Plan, Step } from '../step.ts';
import { fileText, layOut, pipesOf, pipeText, wordsOf } from './words.ts';

const SCRIPT_COLUMNS = 100;

/**
 * Prints a plan as a script of bash. It runs in the folder of an Istio release; contexts come from
 * CTX_CLUSTER1, CTX_CLUSTER2, …, or have the names of the clusters.
 * @param printedBy - the command line that prints it once more
 */
export function printShell(
  plan: Plan,
  printedBy = `mesh-harness plan ${plan.scenario} --edition ${plan.edition} --format sh`,
): string {
  const commands = plan.steps.flatMap(step => step.commands);
  const awaitsValue = commands.some(isAwaitedValue);
  const lines = [...preamble(plan, printedBy), ...(awaitsValue ? AWAIT_VALUE : []), ''];
  let section = '';
  for (const [index, step] of plan.steps.entries()) {
    const heading = headingOf(step);
    if (heading !== section) {
      section = heading;
      lines.push(`# ${'='.repeat(SCRIPT_COLUMNS - 2)}`, comment(heading), '');
    }
    lines.push(...stepText(plan, step, index), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Comments what may hold ends of lines: behind the first one bash would read commands. */
const comment = (text: string): string => `# ${oneLine(text)}`;

function preamble(plan: Plan, printedBy: string): readonly string[] {
  const clusters = clustersOf(plan);
  const usesCerts = plan.steps.some(step => step.commands.some(({ tool }) => tool === 'certs'));
  return [
    '#!/usr/bin/env bash',
    comment(
      `${plan.scenario}: a multicluster mesh, step by step, as the guide for Istio ${plan.istioVersion} has it (edition ${plan.edition}).`,
    ),
    comment(`Printed by: ${printedBy}`),
    '#',
    `# Run it in the folder of an Istio ${plan.istioVersion} release: its samples/ and its istioctl are used.`,
    '# Each cluster is reached through a context of your kubeconfig:',
    ...clusters.map(cluster => `#   ${contextVariable(cluster)}, or else the context "${cluster}"`),
    'set -euo pipefail',
    '',
    ...clusters.map(
      cluster => `export ${contextVariable(cluster)}="\${${contextVariable(cluster)}:-${cluster}}"`,
    ),
    '',
    'if [[ ! -d samples/multicluster ]]; then',
    `  echo 'There is no samples/multicluster here. Run this in the folder of an Istio ${plan.istioVersion} release.' >&2`,
    '  exit 1',
    'fi',
    ...(usesCerts
      ? [
          'if ! command -v mesh-harness > /dev/null; then',
          '  # That of a project here or above; npm asks no registry for it.',
          '  mesh-harness() { npm exec --no --offline -- mesh-harness "$@"; }',
          'fi',
        ]
      : []),
    '',
    `step() { echo "==> $*" >&2; }`,
  ];
}

const AWAIT_VALUE = [
  '',
  '# await_value SECONDS WHAT COMMAND…: repeats the command until it prints something, and prints that.',
  'await_value() {',
  '  local deadline=$((SECONDS + $1)) what=$2 value',
  '  shift 2',
  '  until value="$("$@")" && [[ -n "$value" ]]; do',
  '    if ((SECONDS >= deadline)); then',
  '      echo "Waited in vain for $what." >&2',
  '      return 1',
  '    fi',
  '    sleep 2',
  '  done',
  '  echo "$value"',
  '}',
];

function stepText(plan: Plan, step: Step, index: number): readonly string[] {
  const where = step.cluster === undefined || step.title.includes(step.cluster) ? '' : `${step.cluster}: `;
  const title = oneLine(`${where}${step.title}`);
  const lines = step.guide.lines ? `, guide lines ${step.guide.lines.join('-')}` : '';
  return [
    comment(`${index + 1}/${plan.steps.length} ${step.id}${lines}`),
    `step ${quoteWord(title)}`,
    ...step.files.map(({ path, content }) => fileText(path, content)),
    ...pipesOf(step.commands).map(commandText),
  ];
}

function commandText(pipe: readonly Command[]): string {
  const last = pipe.at(-1);
  if (last?.output?.to !== 'variable') return pipeText(pipe);
  const { name } = last.output;
  const value = isAwaitedValue(last)
    ? layOut([
        'await_value',
        String(last.timeoutMs / 1000),
        quoteWord(oneLine(last.awaits ?? '')),
        ...wordsOf(last),
      ])
    : pipeText(pipe);
  // Assigned apart from its export, which would hide the exit code.
  return `${name}="$(${value})"\nexport ${name}`;
}

const isAwaitedValue = (command: Command): boolean =>
  command.output?.to === 'variable' && command.awaits !== undefined;

function headingOf({ guide }: Step): string {
  return guide.page === undefined ? guide.section : `${guide.page}: ${guide.section}`;
}

/** Lists the clusters that commands act on, in the order in which they first occur. */
export function clustersOf(plan: Plan): readonly ClusterName[] {
  const named = plan.steps.flatMap(step => step.commands.flatMap(({ cluster }) => cluster ?? []));
  return [...new Set(named)];
}
