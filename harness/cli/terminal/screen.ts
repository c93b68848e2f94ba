/** The screen for people: results and progress apart, each with its width and colours. */
import picocolors from 'picocolors';
import { printable } from '../../base/printable.ts';
import { harmlessIn } from '../github.ts';
import { asTyped } from '../launch.ts';
import { columnsOf, wrappedLines } from './text-width.ts';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** How lines for one of the streams are made. */
export interface LineStyle {
  readonly colours: Colours;
  /** Of the terminal; undefined if the lines go elsewhere, where each stays whole. */
  readonly columns: number | undefined;
  /** Puts command lines of ours into the form in which they are typed. */
  readonly typed: (text: string) => string;
}

/**
 * How a text is written: as plain text, which is made printable; `painted`, with colours in parts that were
 * made printable before; or `whole`, which is painted, and was broken at the terminal's width or must not be.
 */
type Writing = 'painted' | 'whole';

export interface Screen {
  /**
   * Results: standard output. Each call writes one or more lines; on a terminal they are broken at its width,
   * between words and not in what may be pasted.
   */
  result(text: string, how?: Writing): void;
  /** Progress and trouble: standard error. */
  progress(text: string, how?: Writing): void;
  /** For lines that are broken by whoever makes them, and then written as `whole`. */
  readonly resultStyle: LineStyle;
  readonly progressStyle: LineStyle;
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
  const typed = (text: string) => asTyped(text, env);
  const styleOf = (stream: NodeJS.WriteStream): LineStyle => ({
    colours: coloursFor(stream, env),
    get columns() {
      return columnsOf(stream);
    },
    typed,
  });
  const writing =
    (stream: NodeJS.WriteStream): Screen['result'] =>
    (text, how) => {
      const shown = typed(how ? text : printable(text));
      const lines = how === 'whole' ? shown : wrappedLines(shown, columnsOf(stream));
      stream.write(`${harmlessIn(env, lines)}\n`);
    };
  return {
    result: writing(stdout),
    progress: writing(stderr),
    resultStyle: styleOf(stdout),
    progressStyle: styleOf(stderr),
    get width() {
      return stderr.columns ?? 80;
    },
    isTTY,
    resultColours: coloursFor(stdout, env),
    progressColours: coloursFor(stderr, env),
    ...(isTTY && { stream: stderr }),
  };
}
