/** What a reader of a guide does in one go: a pipe of commands, with the files that he wrote for it. */
import { HarnessError } from '../../base/errors.ts';
import { firstOf } from '../../base/printable.ts';
import type { Command } from '../../model/command.ts';
import { samePath } from '../follow/known-text.ts';
import { isIdle } from '../follow/programs.ts';
import type { CallEvent, FileEvent, Origin, Trace, TraceEvent } from '../follow/trace.ts';
import { commandOf, type Given } from './command-of.ts';

/** Commands that belong together, and where the page has them. */
export interface Unit {
  readonly commands: readonly Command[];
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Of the first and of the last thing that belongs to it. */
  readonly origins: readonly [first: Origin, last: Origin];
}

/** Names that the reader gives to what `$(…)` within a word prints; its command and the word are one. */
const MADE_UP = /^COMMAND_\d+$/;

/** Says where something stands, as compilers do: `page.md:12:3`. */
export const placeText = ({ place: { file, line, column } }: Pick<Origin, 'place'>): string =>
  `${file}:${line}:${column}`;

/**
 * Groups what happens on the way through a guide into units, and turns its calls into commands of a plan.
 *
 * @throws HarnessError ERR_INVALID_GUIDE with everything that no command of a plan can say
 */
export function unitsOf({ events, view }: Trace): readonly Unit[] {
  const collector = new Collector(view.given);
  for (const event of events) collector.take(event);
  return collector.end();
}

/** Groups as `unitsOf` does, and passes over what no plan can say: for the places of what can be said. */
export function placesOf({ events }: Trace): readonly Unit[] {
  const collector = new Collector();
  for (const event of events) collector.take(event);
  return collector.units;
}

class Collector {
  readonly #units: Unit[] = [];
  readonly #problems: string[] = [];
  readonly #exported = new Map<string, string>();
  readonly #given: Given | undefined;
  /** What was said of contexts, which every command has. */
  readonly #told = new Set<string>();
  /** Texts of the files, for those that are written in pieces. */
  readonly #contents = new Map<string, string>();
  #files: { path: string; content: string; origin: Origin }[] = [];
  #commands: { command: Command; origin: Origin }[] = [];

  constructor(given?: Given) {
    this.#given = given;
  }

  take(event: TraceEvent): void {
    switch (event.kind) {
      case 'set':
        if (event.isExported) this.#exported.set(event.name, event.value.text);
        break;
      case 'file':
        this.#write(event);
        break;
      case 'beyond':
        this.#problems.push(`${placeText(event.origin)}: ${event.beyond.what}`);
        break;
      case 'call':
        this.#call(event);
        break;
      default:
    }
  }

  get units(): readonly Unit[] {
    return this.#units;
  }

  end(): readonly Unit[] {
    if (this.#problems.length > 0) throw refusal(this.#problems);
    return this.#units;
  }

  #write({ path, content, isAppended, origin }: FileEvent): void {
    const name = samePath(path.text);
    const whole = (isAppended ? (this.#contents.get(name) ?? '') : '') + content.text;
    this.#contents.set(name, whole);
    this.#files = [...this.#files.filter(each => each.path !== name), { path: name, content: whole, origin }];
  }

  #call(call: CallEvent): void {
    if (isIdle(call)) return;
    const command = commandOf(call, this.#exported, this.#given);
    if (typeof command === 'string') {
      if (this.#told.has(command)) return;
      if (command.startsWith('the context ')) this.#told.add(command);
      this.#problems.push(`${placeText(call.origin)}: ${command}`);
      return;
    }
    const { output, origin } = call;
    this.#commands.push({ command, origin });
    if (output.to === 'next-call' || (output.to === 'variable' && MADE_UP.test(output.name))) return;
    this.#close(origin);
  }

  #close(last: Origin): void {
    const first = (this.#files[0] ?? this.#commands[0])?.origin ?? last;
    this.#units.push({
      commands: this.#commands.map(({ command }) => command),
      files: this.#files.map(({ path, content }) => ({ path, content })),
      origins: [first, last],
    });
    this.#files = [];
    this.#commands = [];
  }
}

function refusal(problems: readonly string[]): HarnessError {
  const what = problems.length === 1 ? 'something' : `${problems.length} things`;
  const lines = firstOf([...new Set(problems)]).map(line => `  ${line}`);
  return new HarnessError(
    'ERR_INVALID_GUIDE',
    `The guide says ${what} that cannot be carried out as data:\n${lines.join('\n')}`,
    {
      hint:
        'A plan takes calls of kubectl, istioctl, helm and the gateway script, with variables, pipes and ' +
        'here-documents. --var NAME=VALUE gives what the page leaves to its reader; guide lint tells more.',
    },
  );
}
