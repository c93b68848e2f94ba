/** One step of a plan as lines to type again, with what it takes from other steps. */
import type { Command } from '../../model/command.ts';
import type { Plan, Step } from '../step.ts';
import { fileText, layOut, pipesOf, pipeText, wordsOf } from './words.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Returns the names of shell variables in a step's texts. */
function variablesIn({ files, commands }: Step): ReadonlySet<string> {
  const texts = [
    ...files.map(({ content }) => content),
    ...commands.flatMap(({ args, stdin = '' }) => [...args, stdin]),
  ];
  return new Set(texts.flatMap(text => [...text.matchAll(VARIABLE)].map(([, name = '']) => name)));
}

/** Finds the steps that give a step its variables: the address of a gateway, say. */
function givers(plan: Pick<Plan, 'steps'>, step: Step): readonly Step[] {
  const wanted = variablesIn(step);
  const gives = ({ output }: Command) => output?.to === 'variable' && wanted.has(output.name);
  return plan.steps.filter(other => other !== step && other.commands.some(gives));
}

function linesOf({ files, commands }: Step): readonly string[] {
  return [
    ...files.map(({ path, content }) => fileText(path, content)),
    ...pipesOf(commands).map(pipe => {
      const output = pipe.at(-1)?.output;
      if (output?.to !== 'variable') return pipeText(pipe);
      const [only] = pipe;
      const text = pipe.length === 1 && only ? layOut(wordsOf(only)) : pipeText(pipe);
      return `export ${output.name}="$(${text})"`;
    }),
  ];
}

/** Writes a step's commands for a shell that has the guide's variables for contexts. */
export const printRepair = (plan: Pick<Plan, 'steps'>, step: Step): string =>
  [...givers(plan, step), step].flatMap(linesOf).join('\n');
