/** A step of a plan as the repair of what it should have made. Pure. */
import { fileText, pipesOf, typedText } from './print/words.ts';
import type { Plan, Repair, StepId } from './step.ts';

/** Returns a step's place in the guide, and its commands as they are typed; undefined for an unknown id. */
export function repairOf({ steps }: Pick<Plan, 'steps'>, id: StepId): Repair | undefined {
  const step = steps.find(each => each.id === id);
  if (!step) return undefined;
  return {
    step: id,
    title: step.title,
    ...(step.cluster !== undefined && { cluster: step.cluster }),
    guide: step.guide,
    files: step.files.map(({ path, content }) => fileText(path, content)),
    commands: pipesOf(step.commands).map(typedText),
  };
}
