/**
 * Commands and flags of a program that is built with cobra, out of its sources as gofmt writes them: for
 * releases that no longer build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Command → its flags and those that it hands down, each as `--name` or `-n`, apart by spaces. */
export type Commands = Record<string, string>;

/** A function, with what is written in it. */
interface GoFunction {
  readonly name: string;
  /** Of a method: the type that it belongs to. */
  readonly receiver: string;
  /** Names of parameters, in their order. */
  readonly parameters: readonly string[];
  readonly makesCommand: boolean;
  readonly body: string;
}

/** A command while it is read. */
interface Command {
  readonly use: string;
  readonly aliases: readonly string[];
  readonly own: Set<string>;
  /** Flags that commands below have too. */
  readonly persistent: Set<string>;
  readonly below: Command[];
}

/** @param folders - of the sources; tests and what is below `testdata` are passed over */
export function commandsOf(folders: readonly string[], root: string): Commands {
  const sources = folders.flatMap(sourcesIn);
  const reader = new CommandReader(sources.flatMap(functionsOf), sources.join('\n'));
  const found: Commands = {};
  const list = (command: Command, words: readonly string[], above: ReadonlySet<string>): void => {
    const flags = new Set([...above, ...command.persistent, ...command.own]);
    found[words.join(' ')] = [...flags].join(' ');
    for (const each of command.below)
      for (const name of [each.use, ...each.aliases])
        list(each, [...words, name], new Set([...above, ...command.persistent]));
  };
  const top = reader.read(root, []);
  if (!top) throw new Error(`there is no command in ${root}`);
  list(top, [], new Set());
  return found;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'testdata' ? [] : sourcesIn(file);
    return /(?<!_test)\.go$/.test(entry.name) ? [readFileSync(file, 'utf8')] : [];
  });
}

const functionsOf = (source: string): GoFunction[] =>
  [...source.matchAll(/^func (?:\(\w+ \*?(\w+)\) )?(\w+)\(([^\n]*?)\)([^\n]*)\{\n(.*?)^\}/gms)].map(
    ([, receiver = '', name = '', parameters = '', result = '', body = '']) => ({
      name,
      receiver,
      parameters: parameters.split(',').map(each => each.trim().split(' ')[0] ?? ''),
      makesCommand: /^ \*cobra\.Command /.test(result),
      body,
    }),
  );

const LITERAL = /(?:(\w+)\s*(?::?=)|return)\s+&cobra\.Command\{\n(.*?)^\t*\}/gms;
const FLAG =
  /\b(\w+)(?:\.(Persistent)?Flags\(\))?\.(\w*Var|String|Bool|Int|Duration|StringSlice|StringArray)(P?)\(\s*((?:[^,"]+,\s*)?)("[\w-]+"|\w+)(?:,\s*"(\w?)")?/g;

class CommandReader {
  readonly #functions: readonly GoFunction[];
  readonly #source: string;
  /** Functions that are being read: none is read within itself. */
  readonly #open = new Set<string>();

  constructor(functions: readonly GoFunction[], source: string) {
    this.#functions = functions;
    this.#source = source;
  }

  /** Reads what a function returns. @param given - texts among its arguments */
  read(name: string, given: readonly string[]): Command | undefined {
    const made = this.#functions.find(each => each.name === name && each.makesCommand);
    if (!made || this.#open.has(name)) return undefined;
    this.#open.add(name);
    const command = this.#readOne(made, given);
    this.#open.delete(name);
    return command;
  }

  #readOne(made: GoFunction, given: readonly string[]): Command | undefined {
    const { parameters } = made;
    // Whoever prefers what is experimental has other commands; nobody does by default.
    const body = made.body.replace(/^\tif viper\.GetBool.*?^\t\} else \{/ms, '\t{');
    const commands = new Map<string, Command>();
    let first: Command | undefined;
    for (const [, variable = 'returned', fields = ''] of body.matchAll(LITERAL)) {
      const command = literal(fields, parameters, given);
      commands.set(variable, command);
      first ??= command;
    }
    for (const [, variable = '', called = '', text] of body.matchAll(
      /(\w+) :?= (?:\w+\.)?(\w+)\(("\w+")?/g,
    )) {
      const command = this.read(called, text === undefined ? [] : [text.slice(1, -1)]);
      if (command) commands.set(variable, command);
      first ??= command;
    }
    for (const [, alias = '', variable = ''] of body.matchAll(/^\t+(\w+) = (\w+)$/gm)) {
      const command = commands.get(variable);
      if (command) commands.set(alias, command);
    }
    const returned = /^\treturn (\w+)$/m.exec(body)?.[1];
    const top = commands.get(returned ?? 'returned') ?? first;
    this.#readFlags(body, commands);
    this.#readBelow(body, commands);
    return top;
  }

  #readBelow(body: string, commands: Map<string, Command>): void {
    const lists = new Map(
      [...body.matchAll(/(\w+) := \[\]\*cobra\.Command\{\n(.*?)^\t\}/gms)].map(([, name, items]) => [
        name,
        items,
      ]),
    );
    const unrolled = body.replace(
      /for _, (\w+) := range (\w+) \{\n\t+(\w+)\.AddCommand\(\1\)\n\t+\}/g,
      (_, _item, list: string, parent: string) => `${parent}.AddCommand(${lists.get(list) ?? ''})`,
    );
    for (const [, parent = '', items = ''] of unrolled.matchAll(
      /(\w+)\.AddCommand\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/g,
    ))
      for (const [, called, text, variable = ''] of items.matchAll(
        /(?:\w+\.)?(\w+)\(("\w+")?(?:[^()]|\([^()]*\))*\)|(\w+)/g,
      )) {
        const command =
          called === undefined
            ? (commands.get(variable) ?? this.#global(variable))
            : this.read(called, text === undefined ? [] : [text.slice(1, -1)]);
        if (command) commands.get(parent)?.below.push(command);
      }
  }

  /** A command that a package has as a variable. */
  #global(variable: string): Command | undefined {
    const pattern = new RegExp(`^(\\t?)(?:var )?${variable} += &cobra\\.Command\\{\\n(.*?)^\\1\\}`, 'ms');
    const fields = pattern.exec(this.#source)?.[2];
    return fields === undefined ? undefined : literal(fields, [], []);
  }

  #readFlags(body: string, commands: ReadonlyMap<string, Command>): void {
    const holders = new Map<string, readonly [Command, boolean]>();
    for (const [name, command] of commands) holders.set(name, [command, false]);
    for (const [, alias = '', variable = '', kind] of body.matchAll(
      /(\w+) := (\w+)\.(Persistent)?Flags\(\)/g,
    )) {
      const command = commands.get(variable);
      if (command) holders.set(alias, [command, kind !== undefined]);
    }
    this.#readFlagsOf(body, holders, body);
  }

  /** @param around - where variables that methods are called on are declared */
  #readFlagsOf(
    body: string,
    holders: ReadonlyMap<string, readonly [Command, boolean]>,
    around: string,
  ): void {
    for (const [, variable = '', persistent, , , , name = '', short] of body.matchAll(FLAG)) {
      const [command, isPersistent = false] = holders.get(variable) ?? [];
      if (!command) continue;
      const long = name.startsWith('"') ? name.slice(1, -1) : this.#constant(name);
      const flags = persistent !== undefined || isPersistent ? command.persistent : command.own;
      if (short) flags.add(`-${short}`);
      if (long !== undefined) flags.add(`--${long}`);
    }
    for (const [, on = '', called = '', given = ''] of body.matchAll(
      /\b(?:([\w.]+)\.)?(\w+)\(((?:[^()\n]|\(\))*)\)/g,
    )) {
      const [at, variable, kind] = argumentOf(given, holders);
      const [command, isPersistent = false] = holders.get(variable) ?? [];
      const helper = command && this.#helper(called, on, around);
      const parameter = helper?.parameters[at];
      if (command && helper && parameter !== undefined)
        this.#readFlagsOf(
          helper.body,
          new Map([[parameter, [command, kind === 'Persistent' || isPersistent]]]),
          helper.body,
        );
    }
    for (const [, names = ''] of body.matchAll(/hiddenFlags := \[\]string\{(.*?)\}/gs))
      for (const [, name] of names.matchAll(/"(\w+)"/g))
        holders.get('rootCmd')?.[0].persistent.add(`--${name}`);
  }

  /** The function that is called, by the type of what it is called on. */
  #helper(name: string, on: string, around: string): GoFunction | undefined {
    const last = on.split('.').at(-1) ?? '';
    const declared = new RegExp(
      `\\b(?:var ${last} (?:\\w+\\.)?(\\w+)|${last} := &?(?:\\w+\\.)?(\\w+)\\{)`,
    ).exec(around);
    const type = declared?.[1] ?? declared?.[2] ?? last;
    const all = this.#functions.filter(each => each.name === name && !each.makesCommand);
    return all.find(({ receiver }) => receiver === type) ?? all.find(({ receiver }) => receiver === '');
  }

  #constant(name: string): string | undefined {
    return new RegExp(`\\b${name}\\s+= "([\\w-]+)"`).exec(this.#source)?.[1];
  }
}

/** @returns which argument is a command or its flags, the variable, and whether these are persistent */
function argumentOf(
  given: string,
  holders: ReadonlyMap<string, unknown>,
): readonly [at: number, variable: string, kind: string | undefined] {
  for (const [at, text] of given.split(',').entries()) {
    const [, variable = '', kind] = /^\s*(\w+)(?:\.(Persistent)?Flags\(\))?\s*$/.exec(text) ?? [];
    if (holders.has(variable)) return [at, variable, kind];
  }
  return [-1, '', undefined];
}

function literal(fields: string, parameters: readonly string[], given: readonly string[]): Command {
  const [, quoted, named = ''] = /^\t+Use:\s+(?:"([\w-]+)|(\w+))/m.exec(fields) ?? [];
  const aliases = /^\t+Aliases:\s+\[\]string\{(.*?)\}/m.exec(fields)?.[1] ?? '';
  return {
    use: quoted ?? given[parameters.indexOf(named)] ?? '',
    aliases: [...aliases.matchAll(/"([\w-]+)"/g)].map(([, alias = '']) => alias),
    own: new Set(),
    persistent: new Set(),
    below: [],
  };
}
