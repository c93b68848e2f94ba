/**
 * What can be done wrong with a plan, as functions from plan to plan: the words that the rows of the failure
 * table are written in.
 */
import type { Command, PlanFile } from '../../harness/model/command.ts';
import { clusterName } from '../../harness/model/names.ts';
import type { Topology } from '../../harness/model/topology.ts';
import * as commands from '../../harness/plan/commands.ts';
import type { Plan, Step, StepId } from '../../harness/plan/step.ts';
import { mutationsOf } from '../support/mutations.ts';

export type Edit = (plan: Plan, topology: Topology) => Plan;

export const kubectl = (cluster: string, line: string, more: Partial<Command> = {}): Command =>
  commands.kubectl(clusterName(cluster), words(line), more);
export const istioctl = (cluster: string, line: string, more: Partial<Command> = {}): Command =>
  commands.istioctl(clusterName(cluster), words(line), more);

/**
 * Waits until what was done has had its effect: requests take no time in a simulated world, so they would
 * come too early.
 */
export const aMoment = (cluster: string, seconds = 60): Command =>
  kubectl(cluster, `exec deploy/curl -n sample -c curl -- sleep ${seconds}`, { timeoutMs: seconds * 2000 });

/** A command line without quoting, save that a word in single quotes may hold blanks. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** One of the mutations of `test/support/mutations.ts`. */
export const mutation =
  (id: string): Edit =>
  (plan, topology) => {
    const found = mutationsOf(topology, plan).find(candidate => candidate.id === id);
    if (!found) throw new Error(`There is no mutation ${id}.`);
    return found.apply(plan);
  };

/** Another text in a step's files, arguments and standard inputs. */
export const rewrite =
  (id: StepId, from: string, to: string): Edit =>
  plan => {
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
  };

/** Arguments taken from all commands of a step. */
export const withoutArgs =
  (id: StepId, ...gone: readonly string[]): Edit =>
  plan =>
    changeStep(plan, id, step => ({
      ...step,
      commands: step.commands.map(command => ({
        ...command,
        args: command.args.filter(arg => !gone.includes(arg)),
      })),
    }));

/** Arguments added to a step's first command. */
export const withArgs =
  (id: StepId, ...more: readonly string[]): Edit =>
  plan =>
    changeStep(plan, id, step => ({
      ...step,
      commands: step.commands.map((command, index) =>
        index === 0 ? { ...command, args: [...command.args, ...more] } : command,
      ),
    }));

/** A step's last command, on another cluster. */
export const lastOn =
  (id: StepId, cluster: string): Edit =>
  plan =>
    changeStep(plan, id, step => ({
      ...step,
      commands: step.commands.map((command, index) =>
        index === step.commands.length - 1 ? { ...command, cluster: clusterName(cluster) } : command,
      ),
    }));

/** Commands that take the place of a step's own; with them, files that it writes first. */
export const instead =
  (id: StepId, list: readonly Command[], files: readonly PlanFile[] = []): Edit =>
  plan =>
    changeStep(plan, id, step => ({ ...step, commands: list, files: [...step.files, ...files] }));

/** Commands after a step's own. */
export const thenAlso =
  (id: StepId, list: readonly Command[], files: readonly PlanFile[] = []): Edit =>
  plan =>
    changeStep(plan, id, step => ({
      ...step,
      commands: [...step.commands, ...list],
      files: [...step.files, ...files],
    }));

/** Commands before a step's own. */
export const butFirst =
  (id: StepId, list: readonly Command[]): Edit =>
  plan =>
    changeStep(plan, id, step => ({ ...step, commands: [...list, ...step.commands] }));

/** Commands for when all is installed and has been tried. */
export const inTheEnd =
  (list: readonly Command[], files: readonly PlanFile[] = []): Edit =>
  plan => ({
    ...plan,
    steps: [
      ...plan.steps,
      {
        id: 'in-the-end',
        title: 'What happens later',
        guide: { section: 'none' },
        dependsOn: plan.steps.map(({ id }) => id),
        files,
        commands: list,
        omission: { harmless: true, because: 'no step of the guide' },
        errata: [],
        deadlineMs: 3_600_000,
      },
    ],
  });

/**
 * A step that is done too late: after another that needs it. What waited for it waits for what it waited for.
 */
export const delayed =
  (id: StepId, after: StepId): Edit =>
  plan => {
    const needed = plan.steps.find(step => step.id === id)?.dependsOn ?? [];
    return {
      ...plan,
      steps: plan.steps.map(step => {
        if (step.id === id) return { ...step, dependsOn: [...step.dependsOn, after] };
        return step.dependsOn.includes(id)
          ? { ...step, dependsOn: [...step.dependsOn.filter(each => each !== id), ...needed] }
          : step;
      }),
    };
  };

/** A step that is done too early: before another that it needs. */
export const hasty =
  (id: StepId, before: StepId): Edit =>
  plan => {
    const needed = plan.steps.find(step => step.id === before)?.dependsOn ?? [];
    return {
      ...plan,
      steps: plan.steps.map(step => {
        if (step.id === id)
          return { ...step, dependsOn: [...step.dependsOn.filter(each => each !== before), ...needed] };
        return step.id === before ? { ...step, dependsOn: [...step.dependsOn, id] } : step;
      }),
    };
  };

function changeStep(plan: Plan, id: StepId, change: (step: Step) => Step): Plan {
  if (!plan.steps.some(step => step.id === id)) throw new Error(`The plan has no step ${id}.`);
  return { ...plan, steps: plan.steps.map(step => (step.id === id ? change(step) : step)) };
}
