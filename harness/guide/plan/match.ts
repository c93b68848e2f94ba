/** Which of our steps the commands of a guide are. */
import { pipesOf } from '../../plan/print/words.ts';
import type { Plan, Step } from '../../plan/step.ts';
import { type Subject, subjectOf } from './subject.ts';
import type { Unit } from './units.ts';

interface OwnPipe {
  readonly step: Step;
  readonly subject: Subject;
  /** The pipe that the step is there for: its last. */
  readonly isMain: boolean;
}

/** A unit, and the step that it is; undefined if our plan has none like it. */
export interface Matched {
  readonly unit: Unit;
  readonly step: Step | undefined;
  readonly isMain: boolean;
}

/**
 * Finds for each unit the step of our plan that does the same: by tool, verb, object and cluster, and among
 * several by selector and order. Lines play no part.
 */
export function matchUnits(units: readonly Unit[], { steps }: Plan): readonly Matched[] {
  const open = steps.flatMap(step => {
    const pipes = pipesOf(step.commands);
    return pipes.map(
      (pipe, index): OwnPipe => ({ step, subject: subjectOf(pipe), isMain: index === pipes.length - 1 }),
    );
  });
  let last: OwnPipe | undefined;
  return units.map(unit => {
    const subject = subjectOf(unit.commands);
    const found = best(open, subject);
    if (found) open.splice(open.indexOf(found), 1);
    // What we do by one command may take several: two charts of Helm's for one `istioctl install`.
    else if (!last || likenessOf(last.subject, subject) === 0) last = undefined;
    last = found ?? last;
    return { unit, step: last?.step, isMain: found?.isMain === true };
  });
}

function best(pipes: readonly OwnPipe[], subject: Subject): OwnPipe | undefined {
  let found: OwnPipe | undefined;
  let most = 0;
  for (const pipe of pipes) {
    const likeness = likenessOf(pipe.subject, subject);
    if (likeness > most) [found, most] = [pipe, likeness];
  }
  return found;
}

/** Returns 0 for two things, and more the more two pipes have in common. */
function likenessOf(one: Subject, other: Subject): number {
  if (one.key !== other.key || one.cluster !== other.cluster) return 0;
  const [selector, namespace, captured] = other.details.map((detail, index) => detail === one.details[index]);
  const differs = !selector && one.details[0] !== '' && other.details[0] !== '';
  // Pods are told apart by their labels; objects of a file may be asked for by a wrong one.
  if (!captured || (differs && !one.key.startsWith('kubectl apply'))) return 0;
  if (!namespace && one.key.startsWith('kubectl get')) return 0;
  return 1 + (selector ? 2 : 0) + (namespace ? 1 : 0);
}
