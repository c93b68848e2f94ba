/**
 * Patience with a mesh in which something is wrong. One that comes up has converged after seconds, and to call
 * a broken one for two minutes shows nothing that the first seconds have not: a third of a trial's time.
 */
import type { Check } from '../verify/check.ts';

/** Milliseconds of the world's clock. A call whose packets vanish takes ten seconds. */
const PATIENCE_MS = 12_000;

/** Returns checks that give up a mesh which has not converged after twelve seconds. */
export const impatient = (checks: readonly Check[]): readonly Check[] =>
  checks.map(check => ({
    ...check,
    run: context => check.run({ ...context, convergenceMs: Math.min(PATIENCE_MS, context.convergenceMs) }),
  }));
