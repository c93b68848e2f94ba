/**
 * Reports an error that nobody caught as a defect of the harness, instead of with a line of the bundle's
 * source.
 */
import { EXIT } from '../base/errors.ts';
import { forTerminal } from '../base/printable.ts';
import { redact } from '../base/redact.ts';
import { stackOf } from '../base/stack.ts';

/** Writes the text for a defect, with its stack. */
export function describeDefect(error: unknown): string {
  return forTerminal(redact(`mesh-harness: a defect of ours: ${stackOf(error)}\n`));
}

function end(error: unknown): void {
  process.stderr.write(describeDefect(error));
  process.exit(EXIT.unknown);
}

/** Ends the process with exit code 3 when an exception reaches the event loop. */
export function endOnDefects(): void {
  process.on('uncaughtException', end);
}

/**
 * Reports exceptions that reach the event loop, and goes on, until disposed: clusters that others work on
 * must not end with the work that failed.
 */
export function stayOnDefects(onDefect: (error: unknown) => void): Disposable {
  process.off('uncaughtException', end);
  process.on('uncaughtException', onDefect);
  return {
    [Symbol.dispose]: () => {
      process.off('uncaughtException', onDefect);
      process.on('uncaughtException', end);
    },
  };
}
