/** From a text of bash to our syntax, by unbash; no other file knows that parser. */
import type * as Bash from 'unbash';
import { parse } from 'unbash';
import { type MappedText, type Span, spanIn } from '../source-text.ts';
import { hidePlaceholders, placeholderIn, showPlaceholders } from './placeholders.ts';
import type {
  Assignment,
  Beyond,
  HereDocument,
  Redirection,
  SimpleCommand,
  Statement,
  Word,
  WordPart,
} from './syntax.ts';

/** What unbash calls a position. */
interface Range {
  readonly pos: number;
  readonly end: number;
}

/** Substitutions within substitutions go so deep; unbash itself ends at a hundred. */
const MOST_DEPTH = 32;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a command is that is no simple one. */
const COMPOUND: Readonly<Record<string, string>> = {
  If: 'an if',
  For: 'a for loop',
  ArithmeticFor: 'a for loop',
  Select: 'a select',
  While: 'a while or until loop',
  Subshell: 'a subshell',
  BraceGroup: 'a group of commands in braces',
  Case: 'a case',
  TestCommand: 'a test in double brackets',
  ArithmeticCommand: 'arithmetic',
  Function: 'a function',
  Coproc: 'a coprocess',
  CompoundList: 'a list of commands',
};

/** What a part of a word is that we do not expand. */
const UNEXPANDED: Readonly<Record<string, string>> = {
  ArithmeticExpansion: 'arithmetic',
  ProcessSubstitution: 'a process substitution',
  ExtendedGlob: 'a pattern of file names',
  BraceExpansion: 'a brace expansion',
  LocaleString: 'a text to be translated ($"…")',
};

/**
 * Parses a text whose pieces stand in a file. It never throws: what bash would refuse, and what is beyond the
 * part, is a statement of its own.
 */
export function parseStatements(mapped: MappedText): readonly Statement[] {
  const text = hidePlaceholders(mapped.text);
  return new Reader({ ...mapped, text }).script(parse(text), 0);
}

class Reader {
  readonly #mapped: MappedText;

  constructor(mapped: MappedText) {
    this.#mapped = mapped;
  }

  script({ commands, errors = [] }: Bash.ParsedScript, depth: number): readonly Statement[] {
    const refused = errors.map(({ message, pos }) => this.#refused(message, pos));
    return [...commands.map(each => this.#statement(each, depth)), ...refused].sort(
      (one, other) => one.span.start - other.span.start,
    );
  }

  #statement(node: Bash.Statement, depth: number): Statement {
    if (node.background) return this.#beyond('a command in the background (&)', node);
    const { command } = node;
    if (command.type !== 'AndOr') return this.#pipeline(command, depth);
    if (command.operators.includes('||'))
      return this.#beyond('a command that runs only if another fails (||)', command);
    const statements = command.commands.map(each => this.#pipeline(each, depth));
    return { kind: 'and', statements, span: this.#span(command) };
  }

  #pipeline(node: Bash.PipelineNode, depth: number): Statement {
    if (node.type !== 'Pipeline') {
      const command = this.#command(node, depth);
      if (command.kind === 'beyond') return command;
      return { kind: 'pipeline', commands: [command.command], span: this.#span(node) };
    }
    const [prefix] = node.prefixes;
    if (prefix)
      return this.#beyond(
        prefix.type === 'Time' ? 'a measurement (time)' : 'the opposite of an outcome (!)',
        node,
      );
    if (node.operators.includes('|&')) return this.#beyond('a pipe of standard error (|&)', node);
    const read = node.commands.map(each => this.#command(each, depth));
    const beyond = read.find(each => each.kind === 'beyond');
    if (beyond) return beyond;
    const commands = read.flatMap(each => (each.kind === 'simple' ? [each.command] : []));
    return { kind: 'pipeline', commands, span: this.#span(node) };
  }

  #command(node: Bash.CommandNode, depth: number): { kind: 'simple'; command: SimpleCommand } | Beyond {
    if (node.type === 'Redirected') return this.#command(node.command, depth);
    if (node.type !== 'Command') return this.#beyond(COMPOUND[node.type] ?? node.type, node);
    const beyond: Beyond[] = [];
    const keep = <T extends { readonly kind?: string }>(read: T | Beyond): T[] => {
      if (!('what' in read)) return [read];
      beyond.push(read);
      return [];
    };
    const assignments = node.prefix.flatMap(each =>
      each.type === 'Assignment' ? keep(this.#assignment(each, depth)) : [],
    );
    const words = node.args.map(each => this.#argument(each, depth));
    if (node.name) words.unshift(this.#word(node.name, depth));
    const redirections = node.redirects.flatMap(each => keep(this.#redirection(each, depth)));
    for (const each of redirections)
      if (each.kind === 'here-document' && !each.isClosed)
        beyond.push({
          kind: 'beyond',
          what: `a here-document without its end (${each.delimiter})`,
          isError: true,
          span: each.span,
        });
    return {
      kind: 'simple',
      command: { assignments, words, redirections, beyond, span: this.#span(node) },
    };
  }

  #assignment(node: Bash.Assignment, depth: number): (Assignment & { readonly kind?: string }) | Beyond {
    const { name, value } = node;
    if (value.type === 'ArrayValue' || node.index) return this.#beyond('an array', node);
    if (node.append) return this.#beyond('an addition to a variable (+=)', node);
    return { name, value: this.#word(value, depth), span: this.#span(node) };
  }

  /** An argument of the form `NAME=value`, as `export` takes it, is a word like any other. */
  #argument(node: Bash.CommandArgument, depth: number): Word {
    if (node.type === 'Word') return this.#word(node, depth);
    const span = this.#span(node);
    const { value } = node;
    if (value.type === 'ArrayValue') return { parts: [this.#beyond('an array', node)], span };
    const name = { pos: node.pos, end: value.pos };
    const text = this.#mapped.text.slice(name.pos, name.end);
    return {
      parts: [this.#text(text, false, name), ...this.#word(value, depth).parts],
      span,
    };
  }

  #redirection(node: Bash.Redirection, depth: number): Redirection | Beyond {
    const { descriptor } = node;
    const to = descriptor?.type === 'FileDescriptor' ? descriptor.value : undefined;
    if (descriptor && to === undefined) return this.#beyond('a redirection of a descriptor', node);
    const isInput = node.operator.startsWith('<');
    if (to === 2 && !isInput) return this.#beyond('a redirection of standard error', node);
    if (to !== undefined && to !== (isInput ? 0 : 1))
      return this.#beyond('a redirection of a descriptor', node);
    if (node.type === 'HereDoc') return this.#hereDocument(node, depth);
    if (node.type === 'HereString') return this.#beyond('a here-string (<<<)', node);
    if (!node.target) return this.#beyond('a redirection to nothing', node);
    const span = this.#span(node);
    const path = this.#word(node.target, depth);
    if (node.operator === '>' || node.operator === '>>')
      return { kind: 'to-file', path, isAppended: node.operator === '>>', span };
    if (node.operator === '<') return { kind: 'from-file', path, span };
    return this.#beyond(`a redirection by ${node.operator}`, node);
  }

  #hereDocument(node: Bash.HereDoc, depth: number): HereDocument {
    const { body, delimiter, closing, operator } = node;
    const isQuoted = delimiter?.quoted === true;
    const parts = body.parts?.map(each => this.#part(each, true, depth)) ?? [this.#plainBody(body, isQuoted)];
    return {
      kind: 'here-document',
      body: {
        parts: operator === '<<-' ? parts.map(withoutTabs) : parts,
        span: this.#span(body),
      },
      delimiter: delimiter?.value ?? '',
      isQuoted,
      stripsTabs: operator === '<<-',
      isClosed: closing !== undefined,
      span: this.#span(node),
    };
  }

  /** A body in which nothing is expanded; without quotes a backslash hides `$`, itself and line ends. */
  #plainBody(body: Bash.HereDocBody, isQuoted: boolean): WordPart {
    const text = isQuoted ? body.text : body.text.replace(/\\([$`\\]|\n)/g, (_all, char) => char.trim());
    return this.#text(text, true, body);
  }

  #word(node: Bash.Word, depth: number): Word {
    const span = this.#span(node);
    if (/^~(?:[/\w]|$)/.test(node.text)) return { parts: [this.#beyond('the home folder (~)', node)], span };
    const isPattern = !/^-|\{/.test(node.text);
    const parts: WordPart[] = node.parts?.flatMap(each =>
      each.type === 'Glob' && isPattern && !each.value.startsWith('[')
        ? [this.#beyond('a pattern of file names', each)]
        : this.#parts(each, false, depth),
    ) ?? [this.#text(node.value, node.text.includes('\\'), node)];
    return { parts, span };
  }

  #parts(node: Bash.WordPart, isQuoted: boolean, depth: number): readonly WordPart[] {
    if (node.type !== 'DoubleQuoted') return [this.#part(node, isQuoted, depth)];
    const parts = node.parts.map(each => this.#part(each, true, depth));
    return parts.length > 0 ? parts : [this.#text('', true, node)];
  }

  #part(node: Bash.WordPart, isQuoted: boolean, depth: number): WordPart {
    switch (node.type) {
      case 'Literal':
      case 'Glob':
        return this.#text(node.value, isQuoted, node);
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return this.#text(node.value, true, node);
      case 'SimpleExpansion':
        return this.#variable(node.text.slice(1), undefined, isQuoted, node);
      case 'ParameterExpansion':
        return this.#parameter(node, isQuoted, depth);
      case 'CommandExpansion':
        return this.#substitution(node, isQuoted, depth);
      default:
        return this.#beyond(UNEXPANDED[node.type] ?? 'an expansion', node);
    }
  }

  #parameter(node: Bash.ParameterExpansionPart, isQuoted: boolean, depth: number): WordPart {
    const { operation, parameter, prefix, index } = node;
    if (prefix || index) return this.#beyond(`the expansion ${node.text}`, node);
    if (!operation) return this.#variable(parameter, undefined, isQuoted, node);
    if (operation.type !== 'Default' || operation.operator !== ':-')
      return this.#beyond(`the expansion ${node.text}`, node);
    return this.#variable(parameter, this.#word(operation.operand, depth), isQuoted, node);
  }

  #variable(name: string, value: Word | undefined, isQuoted: boolean, node: Range): WordPart {
    if (!NAME.test(name)) return this.#beyond(`the parameter $${name}`, node);
    const span = this.#span(node);
    return { kind: 'variable', name, ...(value && { default: value }), isQuoted, span };
  }

  #substitution(node: Bash.CommandExpansionPart, isQuoted: boolean, depth: number): WordPart {
    if (depth >= MOST_DEPTH)
      return this.#beyond(`substitutions within substitutions, more than ${MOST_DEPTH} deep`, node);
    const { script } = node;
    // Positions in a script with hidden backquotes are those of another text.
    if (!script || script.source !== undefined) return this.#beyond('backquotes within backquotes', node);
    return {
      kind: 'substitution',
      statements: this.script(script, depth + 1),
      isQuoted,
      span: this.#span(node),
    };
  }

  #text(value: string, isQuoted: boolean, node: Range): WordPart {
    const placeholder = isQuoted ? undefined : placeholderIn(value);
    if (placeholder !== undefined) return this.#beyond(`a placeholder, ${placeholder}`, node);
    return { kind: 'text', text: showPlaceholders(value), isQuoted, span: this.#span(node) };
  }

  #refused(message: string, pos: number): Beyond {
    const unclosed = /^unterminated (.*)$/.exec(message)?.[1];
    const what = unclosed === undefined ? `a syntax error (${message})` : `an unclosed ${unclosed}`;
    return {
      ...this.#beyond(what, { pos, end: Math.min(pos + 1, this.#mapped.text.length) }),
      isError: true,
    };
  }

  #beyond(what: string, node: Range): Beyond {
    return { kind: 'beyond', what, isError: false, span: this.#span(node) };
  }

  #span({ pos, end }: Range): Span {
    return spanIn(this.#mapped, { start: pos, end });
  }
}

const withoutTabs = (part: WordPart, index: number): WordPart =>
  part.kind === 'text'
    ? { ...part, text: part.text.replace(index === 0 ? /^\t+|(?<=\n)\t+/g : /(?<=\n)\t+/g, '') }
    : part;
