/** Where help and refusals of the command line go: as lines of the streams' terminals. */
import type { OutputConfiguration } from 'commander';
import type { Environment } from './environment.ts';
import { harmlessIn } from './github.ts';
import { asTyped } from './launch.ts';
import { columnsOf, wrappedLines } from './terminal/text-width.ts';

/** Columns of help where nobody sees a terminal. */
const USUAL = 80;

/** Makes what commander writes with. */
export function helpOutput({
  env,
  stdout,
  stderr,
}: Pick<Environment, 'env' | 'stdout' | 'stderr'>): OutputConfiguration {
  const writing = (stream: NodeJS.WriteStream) => (text: string) =>
    void stream.write(harmlessIn(env, wrappedLines(asTyped(text, env), columnsOf(stream))));
  return {
    writeOut: writing(stdout),
    writeErr: writing(stderr),
    getOutHelpWidth: () => columnsOf(stdout) ?? USUAL,
    getErrHelpWidth: () => columnsOf(stderr) ?? USUAL,
  };
}
