/** `mesh-harness plan SCENARIO` */
import { EXIT } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { planTopology } from '../../plan/plan.ts';
import { printJson } from '../../plan/print/json.ts';
import { printList } from '../../plan/print/list.ts';
import { printMarkdown } from '../../plan/print/markdown.ts';
import { printShell } from '../../plan/print/shell.ts';
import type { Plan } from '../../plan/step.ts';
import type { Environment } from '../environment.ts';
import { asTyped } from '../launch.ts';
import { scenarioOf } from '../scenarios.ts';
import { columnsOf, wrappedLines } from '../terminal/text-width.ts';
import type { PlanFlags } from './plan.flags.ts';

/** How a plan is printed in each format. */
const PRINTERS: Readonly<Record<PlanFlags['format'], (plan: Plan, printedBy?: string) => string>> = {
  list: printList,
  json: printJson,
  sh: printShell,
  markdown: printMarkdown,
};

export async function planCommand(
  scenario: string,
  { format, edition }: PlanFlags,
  environment: Environment,
): Promise<number> {
  const { topology } = await scenarioOf(scenario, environment.signal);
  writePlan(planTopology(topology, edition), format, environment);
  return EXIT.passed;
}

/**
 * Writes a plan; a list for people is broken at the terminal's width, and has command lines as they are typed
 * here. All else may be copied or read elsewhere.
 * @param printedBy - the command line that prints it, for a script's head
 */
export function writePlan(
  plan: Plan,
  format: PlanFlags['format'],
  { stdout, env }: Pick<Environment, 'stdout' | 'env'>,
  printedBy?: string,
): void {
  const text = printable(PRINTERS[format](plan, printedBy));
  stdout.write(format === 'list' ? wrappedLines(asTyped(text, env), columnsOf(stdout)) : text);
}
