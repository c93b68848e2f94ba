/**
 * A plan as a guide to read: what to type, why the text differs from the original, and what a missing step
 * would show.
 */
import { precedingOf } from '../graph.ts';
import { contextVariable } from '../mesh.ts';
import type { Erratum, Plan, Step } from '../step.ts';
import { clustersOf } from './shell.ts';
import { fileText, pipesOf, typedText } from './words.ts';

export function printMarkdown(plan: Plan): string {
  const clusters = clustersOf(plan);
  const blocks = [
    `# ${plan.scenario}`,
    `How to join ${clusters.length === 1 ? 'a cluster' : `${clusters.length} clusters`} into one mesh with Istio ${plan.istioVersion}, after the multicluster guide (edition ${plan.edition}). Run the commands in the folder of an Istio ${plan.istioVersion} release.`,
    codeBlock(clusters.map(cluster => `export ${contextVariable(cluster)}=${cluster}`)),
  ];
  const told = new Set<string>();
  let section = '';
  for (const [index, step] of plan.steps.entries()) {
    if (step.guide.section !== section) {
      section = step.guide.section;
      blocks.push(`## ${section}`);
    }
    blocks.push(...stepBlocks(plan, step, index));
    for (const id of step.errata.filter(id => !told.has(id))) {
      told.add(id);
      const erratum = plan.errata.find(candidate => candidate.id === id);
      if (erratum) blocks.push(erratumBlock(erratum));
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

function stepBlocks(plan: Plan, step: Step, index: number): readonly string[] {
  const where = step.cluster === undefined || step.title.includes(step.cluster) ? '' : `${step.cluster}: `;
  return [
    `### ${index + 1}. ${where}${step.title}`,
    `\`${step.id}\`${step.guide.lines ? ` · guide, lines ${step.guide.lines.join(' to ')}` : ''}${after(plan, step)}`,
    codeBlock([
      ...step.files.map(({ path, content }) => fileText(path, content)),
      ...pipesOf(step.commands).map(typedText),
    ]),
    `${step.omission.harmless ? 'It may be left out' : 'Without it'}: ${step.omission.because}.`,
  ];
}

const after = (plan: Plan, step: Step): string => {
  const numbers = precedingOf(step).map(id => plan.steps.findIndex(other => other.id === id) + 1);
  return numbers.length === 0 ? '' : ` · after ${numbers.sort((one, other) => one - other).join(', ')}`;
};

/** Fences a text by more backquotes than it has anywhere in a row. */
function codeBlock(texts: readonly string[]): string {
  const text = texts.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}bash`, text, fence].join('\n');
}

function erratumBlock({ guideLine, lines, wouldHappen, weDo }: Erratum): string {
  const place = lines
    ? ` (${lines[0] === lines[1] ? `line ${lines[0]}` : `lines ${lines.join(' to ')}`})`
    : '';
  return [
    `> **The guide says**${place}: \`${guideLine}\`  `,
    `> **What would happen:** ${wouldHappen}  `,
    `> **Here:** ${weDo}`,
  ].join('\n');
}
