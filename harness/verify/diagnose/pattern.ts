/** A failure pattern: recognises itself in the facts, and says what they point to. */
import type { Diagnosis } from '../check.ts';
import type { CallFacts } from './facts.ts';
import type { StepIndex } from './steps.ts';

/** @returns undefined if the facts don't show this pattern */
export type Pattern = (facts: CallFacts, steps: StepIndex) => Diagnosis | undefined;
