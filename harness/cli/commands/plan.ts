/** `mesh-harness plan SCENARIO` */
import { EXIT } from '../../base/errors.ts';
import { planTopology } from '../../plan/plan.ts';
import { printJson } from '../../plan/print/json.ts';
import { printList } from '../../plan/print/list.ts';
import { printMarkdown } from '../../plan/print/markdown.ts';
import { printShell } from '../../plan/print/shell.ts';
import type { Environment } from '../environment.ts';
import { scenarioOf } from '../scenarios.ts';

const PRINTERS = { list: printList, json: printJson, sh: printShell, markdown: printMarkdown };

export async function planCommand(
  scenario: string,
  { format, edition }: { format: keyof typeof PRINTERS; edition: string },
  { stdout }: Environment,
): Promise<number> {
  const { topology } = await scenarioOf(scenario);
  stdout.write(PRINTERS[format](planTopology(topology, edition)));
  return EXIT.passed;
}
