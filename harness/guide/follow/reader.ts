/** The shell of a reader: what each statement that he types sets, writes and calls. */
import { unreachable } from '../../base/errors.ts';
import type { Block, Page } from '../page/page.ts';
import type { Beyond, SimpleCommand, Statement, Word, WordPart } from '../shell/syntax.ts';
import { linesWithin, type Span } from '../source-text.ts';
import { Environment } from './environment.ts';
import { beyond, expandToFields, expandWhole, type Shell, type Substituted } from './expand.ts';
import { appended, type KnownText, printed, type Stdin, samePath } from './known-text.ts';
import type { CallEvent, CallOutput, Expanded, Origin, TraceEvent } from './trace.ts';

type Shown = CallEvent['shown'];
/** A command's words after the expansion, and those that came to nothing. */
interface Words {
  readonly words: readonly Expanded[];
  readonly vanished: readonly Expanded[];
}

const TERMINAL: CallOutput = { to: 'terminal' };
const ASSIGNED = /^([A-Za-z_]\w*)=/;
const DECLARATIONS: ReadonlySet<string> = new Set(['export', 'readonly']);

/** Types statements, and keeps what they have set, written and called. */
export class Reader implements Shell {
  readonly environment: Environment;
  readonly events: TraceEvent[] = [];
  /** Files that the guide has written, with what is in them. */
  readonly #files = new Map<string, Stdin>();
  #page: Page | undefined;
  #block: Block | undefined;
  #substitutions = 0;

  constructor(given: ReadonlyMap<string, string>) {
    this.environment = new Environment(given);
  }

  enter(page: Page, block: Block): void {
    this.#page = page;
    this.#block = block;
  }

  type(statement: Statement, shown: Shown): void {
    switch (statement.kind) {
      case 'beyond':
        this.environment.admit(this.sourceOf(statement.span));
        this.tell(statement);
        break;
      case 'and':
        for (const [index, each] of statement.statements.entries())
          this.type(each, index === statement.statements.length - 1 ? shown : []);
        break;
      case 'pipeline':
        this.#pipe(statement.commands, TERMINAL, shown);
        break;
      default:
        unreachable(statement);
    }
  }

  /** Takes a block of output as that of the last call, if the two stand together and nothing is shown yet. */
  showLater(page: Page, block: Block, shown: Shown): void {
    const index = this.events.length - 1;
    const last = this.events[index];
    if (last?.kind !== 'call' || last.output.to !== 'terminal' || last.shown.length > 0) return;
    const { origin } = last;
    const isNear =
      origin.page === page &&
      origin.block.section.join('\n') === block.section.join('\n') &&
      JSON.stringify(origin.block.tabs) === JSON.stringify(block.tabs);
    if (isNear) this.events[index] = { ...last, shown };
  }

  // ---- what the expansion asks for

  tell(beyond: Beyond): void {
    this.events.push({ kind: 'beyond', beyond, origin: this.#origin(beyond.span) });
  }

  sourceOf({ start, end }: Span): string {
    return this.#page?.source.text.slice(start, end) ?? '';
  }

  substitute(part: Extract<WordPart, { kind: 'substitution' }>): Substituted {
    this.#substitutions += 1;
    return this.#substituteAs(part, `COMMAND_${this.#substitutions}`);
  }

  /** Runs the commands of `$(…)`; what they print becomes the value of `name`. */
  #substituteAs(part: Extract<WordPart, { kind: 'substitution' }>, name: string): Substituted {
    const [only, ...others] = part.statements;
    if (only?.kind !== 'pipeline' || others.length > 0) {
      const told = part.statements.find(each => each.kind === 'beyond');
      this.environment.admit(this.sourceOf(part.span));
      this.tell(told ?? beyond('several commands in $(…)', part.span));
      return { text: this.sourceOf(part.span), isExact: false };
    }
    const known = this.#pipe(only.commands, { to: 'variable', name }, []);
    if (!known) return { text: `\${${name}}`, name, isExact: true };
    return { text: known.text.text.replace(/\n+$/, ''), isExact: known.text.isExact };
  }

  // ---- commands

  /** Types a pipeline. Returns what it prints into a variable, if that is known without running it. */
  #pipe(commands: readonly SimpleCommand[], output: CallOutput, shown: Shown): KnownText {
    let stdin: Stdin | undefined;
    for (const [index, command] of commands.entries()) {
      const isLast = index === commands.length - 1;
      const target: CallOutput = isLast ? output : { to: 'next-call' };
      stdin = this.#command(command, target, stdin, isLast ? shown : []);
    }
    return stdin;
  }

  /** Types one command. Returns its output if that goes on and is known: of a here-document, of `echo`. */
  #command(command: SimpleCommand, target: CallOutput, piped: Stdin | undefined, shown: Shown): KnownText {
    for (const each of command.beyond) this.tell(each);
    const { words, vanished } = this.#words(command.words);
    const name = words[0]?.text;
    if (name === undefined) {
      for (const each of command.assignments) this.#assign(each.name, each.value, false, command.span);
      return undefined;
    }
    if (DECLARATIONS.has(name)) return this.#declare(command.words.slice(1), name, command.span);
    const stdin = this.#stdin(command) ?? piped;
    const output = this.#output(command, target);
    const text = printed(words, command, stdin);
    if (text && output.to !== 'terminal') return this.#keep(text, output, command.span);
    this.#call(command, { words, vanished }, { stdin, output, shown });
    return undefined;
  }

  #words(words: readonly Word[]): Words {
    const fields: Expanded[] = [];
    const vanished: Expanded[] = [];
    // The values of `export` are expanded one by one, as each is set.
    for (const word of isDeclaration(words) ? words.slice(0, 1) : words) {
      const result = expandToFields(word, this);
      fields.push(...result.fields);
      if (result.vanished) vanished.push(result.vanished);
    }
    return { words: fields, vanished };
  }

  #call(
    command: SimpleCommand,
    { words, vanished }: Words,
    { stdin, output, shown }: { stdin: Stdin | undefined; output: CallOutput; shown: Shown },
  ): void {
    const [program, ...args] = words;
    if (!program) return;
    if (program.text === 'unset') for (const { text } of args) this.environment.unset(text);
    if (program.text === 'source' || program.text === '.' || program.text === 'eval')
      this.environment.admitUnknown();
    if (program.text === 'read') this.environment.admit(this.sourceOf(command.span));
    const environment = command.assignments.map(({ name, value }) => ({
      name,
      value: expandWhole(value, this),
    }));
    this.events.push({
      kind: 'call',
      program,
      args,
      vanished,
      environment,
      ...(stdin && { stdin }),
      output,
      shown: output.to === 'terminal' ? shown : [],
      origin: this.#origin(command.span),
    });
  }

  // ---- variables

  #declare(words: readonly Word[], builtin: string, span: Span): undefined {
    for (const word of words) {
      const [first, ...rest] = word.parts;
      const text = first?.kind === 'text' ? first.text : '';
      const name = ASSIGNED.exec(text)?.[1];
      if (first?.kind === 'text' && name !== undefined) {
        const begun = { ...first, text: text.slice(name.length + 1) };
        const start = Math.min(first.span.start + name.length + 1, word.span.end);
        const parts = begun.text === '' && !first.isQuoted ? rest : [begun, ...rest];
        this.#assign(name, { parts, span: { start, end: word.span.end } }, builtin === 'export', span);
      } else if (/^[A-Za-z_]\w*$/.test(text) && rest.length === 0) {
        this.#export(text, word, span);
      } else {
        this.tell(beyond(`an option of ${builtin}`, word.span));
      }
    }
    return undefined;
  }

  #export(name: string, { span: wordSpan }: Word, span: Span): void {
    const variable = this.environment.get(name);
    if (!variable) return;
    this.environment.set(name, { ...variable, isExported: true });
    const uses = [{ name, span: wordSpan, isSet: true, isCaptured: variable.isCaptured }];
    const value = { text: variable.text, span: wordSpan, uses, isSplit: false, isExact: variable.isExact };
    this.events.push({ kind: 'set', name, value, isExported: true, origin: this.#origin(span) });
  }

  #assign(name: string, word: Word, exports: boolean, span: Span): void {
    const parts = this.environment.given(name) ?? word.parts;
    const [only, ...others] = parts;
    const isExported = exports || this.environment.get(name)?.isExported === true;
    let value: Expanded;
    if (only?.kind === 'substitution' && others.length === 0) {
      const { text, isExact, ...rest } = this.#substituteAs(only, name);
      const uses = rest.name === undefined ? [] : [{ name, span: only.span, isSet: true, isCaptured: true }];
      value = { text, span: word.span, uses, isSplit: false, isExact };
    } else {
      value = { ...expandWhole({ ...word, parts }, this), isSplit: false };
    }
    const isCaptured = value.uses.some(use => use.isCaptured);
    this.environment.set(name, { text: value.text, isExported, isCaptured, isExact: value.isExact });
    this.events.push({ kind: 'set', name, value, isExported, origin: this.#origin(span) });
  }

  // ---- input and output

  #stdin({ redirections }: SimpleCommand): Stdin | undefined {
    let stdin: Stdin | undefined;
    for (const each of redirections) {
      if (each.kind === 'here-document') {
        const lines = linesWithin(this.#block?.lines ?? [], each.body.span);
        const raw = each.stripsTabs ? lines.replace(/^\t+/gm, '') : lines;
        stdin = { text: expandWhole(each.body, this), raw, isExpanded: !each.isQuoted };
      } else if (each.kind === 'from-file') {
        const path = expandWhole(each.path, this);
        stdin = this.#files.get(samePath(path.text));
        const what = `standard input from a file that the guide does not write (${path.text})`;
        if (!stdin) this.tell(beyond(what, each.span));
      }
    }
    return stdin;
  }

  #output({ redirections }: SimpleCommand, target: CallOutput): CallOutput {
    const file = redirections.findLast(each => each.kind === 'to-file');
    if (file?.kind !== 'to-file') return target;
    return { to: 'file', path: expandWhole(file.path, this), isAppended: file.isAppended };
  }

  /** Writes a text that is known into a file, or hands it on. */
  #keep(text: Stdin, output: CallOutput, span: Span): KnownText {
    if (output.to !== 'file') return text;
    const { path, isAppended } = output;
    const key = samePath(path.text);
    const before = isAppended ? this.#files.get(key) : undefined;
    this.#files.set(key, before ? appended(before, text) : text);
    this.events.push({
      kind: 'file',
      path,
      content: text.text,
      raw: text.raw,
      isExpanded: text.isExpanded,
      isAppended,
      origin: this.#origin(span),
    });
    return undefined;
  }

  #origin(span: Span): Origin {
    const [page, block] = [this.#page, this.#block];
    if (!page || !block) throw new Error('A statement was typed before a block was entered.');
    return { page, block, span, place: page.source.placeOf(span.start) };
  }
}

function isDeclaration([name]: readonly Word[]): boolean {
  const [first] = name?.parts ?? [];
  return first?.kind === 'text' && DECLARATIONS.has(first.text);
}
