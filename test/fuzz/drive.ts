/** Gives many inputs to a target, and says what became of them. */
import fc from 'fast-check';
import { shortened } from '../../harness/base/printable.ts';
import type { AnyTarget } from './target.ts';

/** How long one input may take, in milliseconds. */
export const HANG_MS = 10_000;

const MOST_SHOWN = 3000;

export interface FuzzOptions {
  readonly runs: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  /** Called before each input with its number, from 1. */
  readonly onRun?: (number: number) => void;
}

/** What became of the inputs. */
export interface Fuzzed {
  /** Word → how many inputs came to that. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  /** The least input that was found to fail, and how; absent if none does. */
  readonly failure?: string;
}

/** Fuzzes one target. An input that takes longer than HANG_MS is a failure, if it ends. */
export async function fuzz(target: AnyTarget, { runs, seed, onRun }: FuzzOptions): Promise<Fuzzed> {
  const outcomes = new Map<string, number>();
  let slowestMs = 0;
  let count = 0;
  const property = fc.asyncProperty(target.inputs, async input => {
    count += 1;
    onRun?.(count);
    const startedAt = performance.now();
    const outcome = await target.judge(input);
    const tookMs = performance.now() - startedAt;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > HANG_MS) throw new Error(`It took ${Math.round(tookMs / 1000)} s.`);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  const details = await fc.check(property, { numRuns: runs, seed });
  await target.close?.();
  return {
    outcomes,
    slowestMs,
    ...(details.failed && { failure: toldOf(details) }),
  };
}

/** Writes the least input that fails, how it fails, and how to come back to it. */
function toldOf({ counterexample, errorInstance, seed, numRuns }: fc.RunDetails<[unknown]>): string {
  const how = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : errorInstance;
  const input = shortened(fc.stringify(counterexample?.[0]), MOST_SHOWN);
  return `Input ${numRuns} of seed ${seed} fails; the least like it:\n${input}\n${how}`;
}

/** Writes the input with a number, from 1. */
export function inputAt(target: AnyTarget, number: number, seed: number): string {
  return fc.stringify(fc.sample(target.inputs, { numRuns: number, seed }).at(-1));
}
