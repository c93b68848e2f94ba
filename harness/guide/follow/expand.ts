/** The shell's expansion of words: variables, substitutions, and the splitting of what has no quotes. */
import { unreachable } from '../../base/errors.ts';
import type { Beyond, Word, WordPart } from '../shell/syntax.ts';
import type { Span } from '../source-text.ts';
import type { Environment } from './environment.ts';
import type { Expanded, VariableUse } from './trace.ts';

/** What a substitution puts in its place. */
export interface Substituted {
  readonly text: string;
  /** The variable that takes what the commands print; absent if that is known beforehand. */
  readonly name?: string;
  readonly isExact: boolean;
}

/** What the expansion needs of the shell around it. */
export interface Shell {
  readonly environment: Environment;
  /** Runs the commands of `$(…)`. */
  substitute(part: Extract<WordPart, { kind: 'substitution' }>): Substituted;
  /** Is told what cannot be expanded. */
  tell(beyond: Beyond): void;
  /** The page's own text, for what is not expanded. */
  sourceOf(span: Span): string;
}

/** `${NAME}` as a plan has it. */
const CAPTURED = /\$\{[A-Za-z_]\w*\}/g;

/** A word that is being put together. */
class Field {
  text = '';
  readonly uses: VariableUse[] = [];
  isSplit = false;
  isExact = true;
  /** Something was there, if only an empty pair of quotes. */
  hasBegun = false;
  /** How many `${NAME}` stand for values that the run will know; any other is the page's own. */
  marks = 0;

  add(text: string): void {
    this.text += text;
    this.hasBegun ||= text !== '';
  }
}

/**
 * Expands the word of a command to the words that the program gets: none if it is unset and has no quotes,
 * several if its value is split.
 */
export function expandToFields(
  word: Word,
  shell: Shell,
): { readonly fields: readonly Expanded[]; readonly vanished?: Expanded } {
  const fields = expand(word, shell, true);
  const kept = fields.filter(({ hasBegun }) => hasBegun);
  const [only] = fields;
  if (kept.length === 0 && only) return { fields: [], vanished: finish(only, word, shell) };
  return { fields: kept.map(field => finish(field, word, shell)) };
}

/** Expands a word without splitting it: a value, a path, the body of a here-document. */
export function expandWhole(word: Word, shell: Shell): Expanded {
  return finish(expand(word, shell, false)[0] ?? new Field(), word, shell);
}

function expand(word: Word, shell: Shell, splits: boolean): readonly Field[] {
  const fields = [new Field()];
  for (const part of word.parts) expandPart(part, shell, splits, fields);
  return fields;
}

function expandPart(part: WordPart, shell: Shell, splits: boolean, fields: Field[]): void {
  const field = fields.at(-1);
  if (!field) return;
  if (part.kind !== 'beyond') field.hasBegun ||= part.isQuoted;
  switch (part.kind) {
    case 'text':
      field.add(part.text);
      break;
    case 'variable':
      expandVariable(part, shell, splits, fields);
      break;
    case 'substitution':
      expandSubstitution(part, shell, splits, fields);
      break;
    case 'beyond':
      shell.tell(part);
      field.isExact = false;
      field.add(shell.sourceOf(part.span));
      break;
    default:
      unreachable(part);
  }
}

function expandVariable(
  part: Extract<WordPart, { kind: 'variable' }>,
  shell: Shell,
  splits: boolean,
  fields: Field[],
): void {
  const { name, span, isQuoted } = part;
  const value = shell.environment.get(name);
  const field = fields.at(-1);
  if (!field) return;
  field.uses.push({ name, span, isSet: value !== undefined, isCaptured: value?.isCaptured === true });
  field.isExact &&= value?.isExact !== false;
  if (shell.environment.isOwn(name)) shell.tell(beyond(`the variable ${name} of the reader's machine`, span));
  if (part.default && !value?.text) {
    expandDefault(part.default, shell, splits && !isQuoted, fields);
    return;
  }
  if (part.default && value?.isCaptured) {
    shell.tell(beyond(`a default for ${name}, whose value only the run knows`, span));
    field.isExact = false;
  }
  if (value) put(fields, value.text, splits && !isQuoted && !value.isCaptured);
  if (value?.isCaptured) field.marks += value.text.match(CAPTURED)?.length ?? 0;
  field.isSplit ||= !isQuoted && splits;
}

function expandDefault(word: Word, shell: Shell, splits: boolean, fields: Field[]): void {
  // Unlike the text of a word, that of a default is split.
  for (const part of word.parts)
    if (part.kind === 'text' && !part.isQuoted) put(fields, part.text, splits);
    else expandPart(part, shell, splits, fields);
}

function expandSubstitution(
  part: Extract<WordPart, { kind: 'substitution' }>,
  shell: Shell,
  splits: boolean,
  fields: Field[],
): void {
  const field = fields.at(-1);
  if (!field) return;
  const { text, name, isExact } = shell.substitute(part);
  field.isExact &&= isExact;
  field.isSplit ||= !part.isQuoted && splits;
  put(fields, text, splits && !part.isQuoted && name === undefined);
  if (name === undefined) return;
  field.marks += 1;
  field.uses.push({ name, span: part.span, isSet: true, isCaptured: true });
}

/** Adds a value; blanks in it end a word if the shell splits there. */
function put(fields: Field[], text: string, splits: boolean): void {
  const pieces = splits ? text.split(/[ \t\n]+/) : [text];
  for (const [index, piece] of pieces.entries()) {
    if (index > 0 && fields.at(-1)?.hasBegun) fields.push(new Field());
    fields.at(-1)?.add(piece);
  }
}

function finish(field: Field, word: Word, shell: Shell): Expanded {
  const isPlain = (field.text.match(CAPTURED)?.length ?? 0) === field.marks;
  if (!isPlain) shell.tell(beyond('a mark of a variable that is meant as it stands', word.span));
  return {
    text: field.text,
    span: word.span,
    uses: field.uses,
    isSplit: field.isSplit,
    isExact: field.isExact && isPlain,
  };
}

/** Makes what is told of a stretch that the shell would take and we do not. */
export const beyond = (what: string, span: Span): Beyond => ({ kind: 'beyond', what, isError: false, span });
