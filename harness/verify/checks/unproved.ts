/** The outcome of a check that could not look at what it is about. */
import type { CheckOutcome, Diagnosis } from '../check.ts';

/** Fails a check in which nothing was seen against its claim: what it had to ask could not be asked. */
export const unproved = (found: string, diagnosis?: Diagnosis): CheckOutcome => ({
  outcome: 'failed',
  found,
  evidence: null,
  ...(diagnosis && { diagnosis }),
  unproved: true,
});
