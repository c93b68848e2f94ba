/**
 * Reads the arguments of a program as the program of that release would, by the table of its flags. Tools
 * written in Go share these rules: spf13/pflag v1.0.5 flag.go (parseLongArg, parseShortArg), spf13/cobra
 * v1.0.0 command.go (Find).
 */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { CommandFacts, FlagFacts, ToolFacts } from './tables.ts';

/** A call of a program, read by its table. */
export interface ParsedCall {
  readonly command: CommandFacts;
  /** Index in the arguments where each word of the command's path stands. */
  readonly path: readonly number[];
  readonly flags: readonly GivenFlag[];
  /** What is left, without what follows `--`. */
  readonly positionals: readonly { readonly text: string; readonly index: number }[];
  /** What follows `--`. */
  readonly rest: readonly { readonly text: string; readonly index: number }[];
  readonly problems: readonly CallProblem[];
}

export interface GivenFlag {
  readonly flag: FlagFacts;
  /** Absent: none was given. */
  readonly value?: string;
  /** Index in the arguments of the flag. */
  readonly index: number;
  /** Index in the arguments of its value, which may be the same. */
  readonly valueIndex?: number;
}

/** What the program would refuse. */
export interface CallProblem {
  readonly kind:
    | 'unknown-command'
    | 'unknown-flag'
    | 'missing-value'
    | 'too-many-arguments'
    | 'too-few-arguments';
  /** Index in the arguments; their number where something is missing at the end. */
  readonly index: number;
  /** The word, the flag with its dashes but without its value. */
  readonly text: string;
  /** A question: `Did you mean --filename?` */
  readonly hint?: string;
}

/** Reads arguments, those of the program alone: its name is not among them. */
export function parseCall({ commands }: ToolFacts, args: readonly string[]): ParsedCall {
  const reader = new CallReader(commands, args);
  return reader.read();
}

class CallReader {
  readonly #commands: ReadonlyMap<string, CommandFacts>;
  readonly #args: readonly string[];
  #command: CommandFacts;
  readonly #path: number[] = [];
  readonly #flags: GivenFlag[] = [];
  readonly #positionals: { text: string; index: number }[] = [];
  readonly #problems: CallProblem[] = [];

  constructor(commands: ReadonlyMap<string, CommandFacts>, args: readonly string[]) {
    this.#commands = commands;
    this.#args = args;
    this.#command = commands.get('') ?? { path: '', aliases: [], isGroup: true, flags: [] };
  }

  read(): ParsedCall {
    this.#findCommand();
    const end = this.#readFlags();
    // Nothing can be said of the flags of a command that there is not.
    const unknown = this.#problems.find(({ kind }) => kind === 'unknown-command');
    if (!unknown) this.#countArguments(end < this.#args.length);
    return {
      command: this.#command,
      path: this.#path,
      flags: this.#flags,
      positionals: this.#positionals,
      rest: this.#args.slice(end + 1).map((text, index) => ({ text, index: end + 1 + index })),
      problems: unknown ? [unknown] : this.#problems.sort((one, other) => one.index - other.index),
    };
  }

  /** The command is found first, over flags that stand before its words; then the flags are its own. */
  #findCommand(): void {
    for (let index = 0; index < this.#args.length; index += 1) {
      const word = this.#args[index] ?? '';
      if (word === '--') return;
      if (word.startsWith('-') && word !== '-') {
        if (this.#takesNext(word)) index += 1;
        continue;
      }
      const child = this.#childNamed(word);
      if (!child) {
        if (this.#command.isGroup && !this.#command.most) this.#tellUnknownCommand(word, index);
        return;
      }
      this.#command = child;
      this.#path.push(index);
      if (!child.isGroup) return;
    }
  }

  #childrenOf({ path }: CommandFacts): CommandFacts[] {
    const prefix = path === '' ? '' : `${path} `;
    return [...this.#commands.values()].filter(
      ({ path: other }) =>
        other !== '' && other.startsWith(prefix) && !other.slice(prefix.length).includes(' '),
    );
  }

  #childNamed(word: string): CommandFacts | undefined {
    return this.#childrenOf(this.#command).find(
      ({ path, aliases }) => path.slice(path.lastIndexOf(' ') + 1) === word || aliases.includes(word),
    );
  }

  #tellUnknownCommand(text: string, index: number): void {
    const names = this.#childrenOf(this.#command).flatMap(({ path, aliases }) => [
      path.slice(path.lastIndexOf(' ') + 1),
      ...aliases,
    ]);
    this.#problems.push({ kind: 'unknown-command', index, text, ...hintFor(text, names) });
  }

  /**
   * Whether a flag before the command takes the word after it. One that is not known there does, as cobra has
   * it (v1.0.0 command.go, stripFlags): the word is then no command, and the flag is what is refused.
   */
  #takesNext(word: string): boolean {
    if (word.includes('=')) return false;
    // Of several letters cobra takes none to have the next word (stripFlags): `-nshop`, `-it`.
    const short = word.length === 2 ? this.#flagOfLetter(word.slice(1)) : undefined;
    const flag = word.startsWith('--') ? this.#flagNamed(word.slice(2)) : short;
    return flag ? flag.value === 'required' : word.startsWith('--') || word.length === 2;
  }

  #flagNamed(name: string): FlagFacts | undefined {
    return this.#command.flags.find(flag => flag.name === name);
  }

  #flagOfLetter(letter: string): FlagFacts | undefined {
    return this.#command.flags.find(flag => flag.short === letter);
  }

  /** @returns the index of `--`, or the number of arguments */
  #readFlags(): number {
    for (let index = 0; index < this.#args.length; index += 1) {
      const word = this.#args[index] ?? '';
      if (word === '--') return index;
      if (word.startsWith('--')) index = this.#readLong(word, index);
      else if (word.startsWith('-') && word !== '-') index = this.#readShort(word, index);
      else if (!this.#path.includes(index)) this.#positionals.push({ text: word, index });
    }
    return this.#args.length;
  }

  /** @returns the index of the last argument that it took */
  #readLong(word: string, index: number): number {
    const at = word.indexOf('=');
    const name = at < 0 ? word.slice(2) : word.slice(2, at);
    const flag = this.#flagNamed(name);
    if (!flag) {
      const names = this.#command.flags.map(flag => `--${flag.name}`);
      this.#problems.push({ kind: 'unknown-flag', index, text: `--${name}`, ...hintFor(`--${name}`, names) });
      return index;
    }
    if (at >= 0) {
      this.#flags.push({ flag, value: word.slice(at + 1), index, valueIndex: index });
      return index;
    }
    return this.#readValue(flag, `--${name}`, index);
  }

  #readShort(word: string, index: number): number {
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at] ?? '';
      const flag = this.#flagOfLetter(letter);
      if (!flag) {
        this.#problems.push({ kind: 'unknown-flag', index, text: `-${letter}` });
        return index;
      }
      const rest = word.slice(at + 1);
      if (rest.startsWith('=') || (rest !== '' && flag.value === 'required')) {
        this.#flags.push({ flag, value: rest.replace(/^=/, ''), index, valueIndex: index });
        return index;
      }
      if (flag.value === 'required') return this.#readValue(flag, `-${letter}`, index);
      this.#flags.push({ flag, index });
    }
    return index;
  }

  #readValue(flag: FlagFacts, text: string, index: number): number {
    if (flag.value !== 'required') {
      this.#flags.push({ flag, index });
      return index;
    }
    const value = this.#args[index + 1];
    if (value === undefined) {
      this.#problems.push({ kind: 'missing-value', index, text });
      this.#flags.push({ flag, index });
      return index;
    }
    this.#flags.push({ flag, value, index, valueIndex: index + 1 });
    return index + 1;
  }

  #countArguments(hasRest: boolean): void {
    if (this.#problems.some(({ kind }) => kind !== 'missing-value')) return;
    const { least = 0, most = Number.POSITIVE_INFINITY } = this.#command;
    const given = this.#positionals;
    const extra = given[most];
    if (extra) this.#problems.push({ kind: 'too-many-arguments', ...extra });
    // Commands waive what they need where a flag stands for it: `--file`, `--selector`.
    const waives = this.#flags.some(({ flag }) => !EVERYWHERE.has(flag.name));
    if (given.length < least && !hasRest && !waives) {
      const last = this.#args.at(-1) ?? '';
      this.#problems.push({ kind: 'too-few-arguments', index: this.#args.length, text: last });
    }
  }
}

/** Flags that never stand for an argument. */
const EVERYWHERE = new Set([
  'namespace',
  'context',
  'kubeconfig',
  'istioNamespace',
  'output',
  'kube-context',
]);

function hintFor(word: string, names: readonly string[]): { readonly hint?: string } {
  const hint = didYouMean(word, names);
  return hint === undefined ? {} : { hint };
}
