/** stdio's buffer of a C program's stdout. */
import type { ProcessContext } from '../program.ts';

/** musl's BUFSIZ: curl's images are built on Alpine. */
const BUFFER_BYTES = 1024;

/** What a program prints, on its way to file descriptor 1. */
export interface StandardOutput {
  write(text: string): void;
  /** Flushes the buffer, as `exit` does. A program that a signal ends loses what it has not written yet. */
  flush(): void;
}

/**
 * Makes a standard output like C's: a pipe gets pieces of a kilobyte, and the rest at the program's end; a
 * terminal gets all at once.
 */
export function standardOutput({
  isTerminal,
  stdout,
}: Pick<ProcessContext, 'isTerminal' | 'stdout'>): StandardOutput {
  let pending = '';
  const flush = () => {
    const text = pending;
    pending = '';
    if (text !== '') stdout(text);
  };
  return {
    write: text => {
      pending += text;
      if (isTerminal || pending.length >= BUFFER_BYTES) flush();
    },
    flush,
  };
}
