/** What is done wrong, as a change of the plan. */
import { clusterName } from '../model/names.ts';
import { inSequence, topologicalOrder } from '../plan/graph.ts';
import type { Plan, Step, StepId } from '../plan/step.ts';
import type { Edit } from './schema.ts';
import { commandsOf, filesOf } from './words.ts';

const HOUR_MS = 3_600_000;

/** The steps that a misconfiguration leaves out. */
export const omittedBy = (edits: readonly Edit[]): readonly StepId[] =>
  edits.flatMap(edit => ('omit' in edit ? [edit.omit] : []));

/**
 * Makes the plan in which things are done wrong; what is left out, and what is wrong with the world, is not
 * the plan's matter.
 * @throws Error if a step or a text that is to be changed is not there
 */
export function changePlan(plan: Plan, edits: readonly Edit[]): Plan {
  const changed = edits.reduce(apply, plan);
  return { ...changed, steps: topologicalOrder(changed.steps) };
}

function apply(plan: Plan, edit: Edit): Plan {
  if ('rewrite' in edit) return rewrite(plan, edit.rewrite, edit.from, edit.to);
  if ('dropArguments' in edit)
    return changeCommands(plan, edit.dropArguments, commands =>
      commands.map(each => ({ ...each, args: each.args.filter(arg => !edit.arguments.includes(arg)) })),
    );
  if ('addArguments' in edit)
    return changeCommands(plan, edit.addArguments, ([first, ...rest]) =>
      first ? [{ ...first, args: [...first.args, ...edit.arguments] }, ...rest] : [],
    );
  if ('lastOn' in edit || 'allOn' in edit) return elsewhere(plan, edit);
  // Who changes the order does one thing at a time.
  if ('late' in edit) return late(oneAtATime(plan), edit.late, edit.after);
  if ('early' in edit) return early(oneAtATime(plan), edit.early, edit.before);
  if ('inTheEnd' in edit) return inTheEnd(plan, edit);
  if ('instead' in edit || 'before' in edit || 'after' in edit || 'between' in edit) return more(plan, edit);
  return plan;
}

type More = Extract<Edit, { run: string[] }>;

/** Commands before, between, after or instead of a step's own. */
function more(plan: Plan, edit: More): Plan {
  const added = commandsOf(edit.run);
  const id =
    'instead' in edit
      ? edit.instead
      : 'before' in edit
        ? edit.before
        : 'after' in edit
          ? edit.after
          : edit.between;
  return changeStep(plan, id, step => {
    const files = [...step.files, ...filesOf(edit.files)];
    const deadlineMs = step.deadlineMs + HOUR_MS;
    if ('instead' in edit) return { ...step, files, deadlineMs, commands: added };
    if ('before' in edit) return { ...step, files, deadlineMs, commands: [...added, ...step.commands] };
    if ('after' in edit) return { ...step, files, deadlineMs, commands: [...step.commands, ...added] };
    const [first, last] = step.commands;
    if (!first || !last) throw new Error(`${id} has no two commands.`);
    const kept = { ...first, output: { to: 'variable', name: 'KEPT' } } as const;
    return { ...step, files, deadlineMs, commands: [kept, ...added, { ...last, stdin: `\${KEPT}` }] };
  });
}

function rewrite(plan: Plan, id: StepId, from: string, to: string): Plan {
  let count = 0;
  const swap = (text: string): string => {
    count += text.split(from).length - 1;
    return text.replaceAll(from, to);
  };
  const changed = changeStep(plan, id, step => ({
    ...step,
    files: step.files.map(file => ({ ...file, content: swap(file.content) })),
    commands: step.commands.map(command => ({
      ...command,
      args: command.args.map(swap),
      ...(command.stdin !== undefined && { stdin: swap(command.stdin) }),
    })),
  }));
  if (count === 0) throw new Error(`${id} does not speak of ${JSON.stringify(from)}.`);
  return changed;
}

function elsewhere(plan: Plan, edit: Extract<Edit, { lastOn: string } | { allOn: string }>): Plan {
  const cluster = clusterName('lastOn' in edit ? edit.lastOn : edit.allOn);
  return changeCommands(plan, edit.of, commands =>
    commands.map((each, index) =>
      each.cluster !== undefined && ('allOn' in edit || index === commands.length - 1)
        ? { ...each, cluster }
        : each,
    ),
  );
}

const oneAtATime = (plan: Plan): Plan => ({ ...plan, steps: inSequence(plan.steps) });

/** What waited for the step waits for what it waited for. */
function late(plan: Plan, id: StepId, after: StepId): Plan {
  const needed = stepOf(plan, id).dependsOn;
  stepOf(plan, after);
  return changeSteps(plan, step => {
    if (step.id === id) return { ...step, dependsOn: [...step.dependsOn, after] };
    return step.dependsOn.includes(id) ? { ...step, dependsOn: without(step.dependsOn, id, needed) } : step;
  });
}

function early(plan: Plan, id: StepId, before: StepId): Plan {
  const needed = stepOf(plan, before).dependsOn;
  stepOf(plan, id);
  return changeSteps(plan, step => {
    if (step.id === id) return { ...step, dependsOn: without(step.dependsOn, before, needed) };
    return step.id === before ? { ...step, dependsOn: [...step.dependsOn, id] } : step;
  });
}

const without = (ids: readonly StepId[], gone: StepId, instead: readonly StepId[]): readonly StepId[] => [
  ...ids.filter(id => id !== gone),
  ...instead,
];

const inTheEnd = (plan: Plan, edit: Extract<Edit, { inTheEnd: string[] }>): Plan => ({
  ...plan,
  steps: [
    ...plan.steps,
    {
      id: 'in-the-end',
      title: 'What happens later',
      guide: { section: 'none' },
      dependsOn: plan.steps.map(({ id }) => id),
      files: filesOf(edit.files),
      commands: commandsOf(edit.inTheEnd),
      omission: { harmless: true, because: 'no step of the guide' },
      errata: [],
      deadlineMs: 2 * HOUR_MS,
    },
  ],
});

function stepOf(plan: Plan, id: StepId): Step {
  const found = plan.steps.find(step => step.id === id);
  if (!found) throw new Error(`The plan has no step ${id}.`);
  return found;
}

const changeSteps = (plan: Plan, change: (step: Step) => Step): Plan => ({
  ...plan,
  steps: plan.steps.map(change),
});

function changeStep(plan: Plan, id: StepId, change: (step: Step) => Step): Plan {
  stepOf(plan, id);
  return changeSteps(plan, step => (step.id === id ? change(step) : step));
}

const changeCommands = (
  plan: Plan,
  id: StepId,
  change: (commands: Step['commands']) => Step['commands'],
): Plan => changeStep(plan, id, step => ({ ...step, commands: change(step.commands) }));
