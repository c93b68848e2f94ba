/**
 * What declares a command: its words, its flags, its help. Declarations are loaded at every start, so they
 * import nothing heavy, and never the work itself: `program.ts` brings the two together.
 */
import type { Command } from 'commander';

/** Called with the words and flags of a command that was found on the command line. */
export type Action<Words extends readonly unknown[]> = (...words: Words) => Promise<void>;

/** Adds a command to the program. */
export type Declaration<Words extends readonly unknown[]> = (program: Command, action: Action<Words>) => void;
