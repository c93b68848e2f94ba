/** The screen for people: results and progress apart, each with its width and colours. */
import picocolors from 'picocolors';
import { printable } from '../../base/printable.ts';
import { harmlessIn } from '../github.ts';
import { asTyped } from '../launch.ts';

export type Colours = ReturnType<typeof picocolors.createColors>;

export interface Screen {
  /**
   * Results: standard output. Each call writes one or more whole lines.
   * @param how - `painted` text has colours, in parts that were made printable before; other text is made so
   */
  result(text: string, how?: 'painted'): void;
  /** Progress and trouble: standard error. */
  progress(text: string, how?: 'painted'): void;
  /** Columns of the terminal that progress goes to; 80 if it goes elsewhere. */
  readonly width: number;
  /** True if progress goes to a terminal that can replace lines. */
  readonly isTTY: boolean;
  readonly resultColours: Colours;
  readonly progressColours: Colours;
  /** For a renderer that redraws; absent where nothing can be. */
  readonly stream?: NodeJS.WriteStream;
}

export interface ScreenOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Decides on colours. `NO_COLOR` and `FORCE_COLOR` (https://no-color.org, https://force-color.org) win over
 * what the stream can do.
 */
function coloursFor(stream: NodeJS.WriteStream, env: ScreenOptions['env']): Colours {
  const isForced =
    env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const isForbidden = (env['NO_COLOR'] ?? '') !== '' || env['FORCE_COLOR'] === '0';
  return picocolors.createColors(
    isForced || (!isForbidden && stream.isTTY === true && env['TERM'] !== 'dumb'),
  );
}

/**
 * Makes the screen of this process. It awaits nothing: writes to files, pipes and terminals are synchronous.
 */
export function createScreen({ stdout, stderr, env }: ScreenOptions): Screen {
  const isTTY = stderr.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
  const shown = (text: string, how?: 'painted') =>
    `${harmlessIn(env, asTyped(how ? text : printable(text), env))}\n`;
  return {
    result: (text, how) => void stdout.write(shown(text, how)),
    progress: (text, how) => void stderr.write(shown(text, how)),
    get width() {
      return stderr.columns ?? 80;
    },
    isTTY,
    resultColours: coloursFor(stdout, env),
    progressColours: coloursFor(stderr, env),
    ...(isTTY && { stream: stderr }),
  };
}
