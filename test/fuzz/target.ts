/** What is fuzzed: a part of ours that takes input which somebody else has written. */
import type { Arbitrary } from 'fast-check';
import { HarnessError } from '../../harness/base/errors.ts';
import { forTerminal, printable } from '../../harness/base/printable.ts';

/** A part of ours, the inputs that it is given, and what must hold whatever they are. */
export interface Target<Input> {
  /** As `npm run fuzz -- NAME` has it. */
  readonly name: string;
  /** What is given to whom, in a sentence. */
  readonly what: string;
  readonly inputs: Arbitrary<Input>;
  /**
   * Gives an input to ours.
   * @returns a word for what became of it, to be counted: inputs that are all refused try little
   * @throws whatever ours did that it must not do
   */
  judge(input: Input): string | Promise<string>;
  /** Inputs in `npm test`, where they are dear; otherwise fuzz.test.ts says how many. */
  readonly daily?: number;
  /** Ends what inputs were given to, after the last one. */
  close?(): void | Promise<void>;
}

/** A target whose kind of input does not matter to who runs it. */
export type AnyTarget = Target<unknown>;

/** Makes a target, and forgets the type of its inputs. */
export const target = <Input>(made: Target<Input>): AnyTarget => made as Target<unknown>; // they come from `inputs`

const MOST_OF_MESSAGE = 30_000;

/**
 * Holds an error to what is promised: one of ours, which leads to exit code 2, with a message that is of
 * moderate length where it is shown.
 * @returns its code
 */
export function refusalOf(error: unknown): string {
  if (!(error instanceof HarnessError)) throw error;
  if (error.exitCode !== 2)
    throw new Error(`exit code ${error.exitCode}: ${error.message}`, { cause: error });
  assertTold(forTerminal(`${error.message}\n${error.hint ?? ''}`));
  return error.code;
}

/** Asserts that a text may be shown as it is. */
export function assertTold(text: string): void {
  if (text.length > MOST_OF_MESSAGE) throw new Error(`${text.length} characters: ${text.slice(0, 200)}…`);
  if (/^\s+at .*:\d+:\d+\)?$/m.test(text)) throw new Error(`a stack trace: ${text}`);
  if (printable(text) !== text) throw new Error(`control characters: ${JSON.stringify(text)}`);
}
