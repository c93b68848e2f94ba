/**
 * Evaluates the expressions of workflows, as far as ours use them: contexts, texts, `==`, `!=`, `&&`, `||`, `!`
 * and parentheses. Whatever else there is, is refused: a test must not pass for what it has not understood.
 * By GitHub's documentation, "Evaluate expressions in workflows and actions".
 */

/** Names → texts, or more names. */
export interface Context {
  readonly [name: string]: string | Context | undefined;
}

type Value = string | boolean;

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|(==|!=|&&|\|\||[!()]))/y;

/** The tokens of an expression, read one by one. */
class Tokens {
  readonly #tokens: string[] = [];

  constructor(readonly text: string) {
    TOKEN.lastIndex = 0;
    let end = 0;
    for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
      this.#tokens.push(found[0].trim());
      end = TOKEN.lastIndex;
    }
    if (text.slice(end).trim() !== '')
      throw new Error(`not understood in \${{ ${text} }}: ${text.slice(end)}`);
  }

  /** Takes the next token if it is this one. */
  takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  next(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw new Error(`an expression ends early: \${{ ${this.text} }}`);
    return token;
  }

  get isAtEnd(): boolean {
    return this.#tokens.length === 0;
  }
}

const isTrue = (value: Value): boolean => value !== '' && value !== false;

/** Texts are compared without regard to upper and lower case. */
function areEqual(one: Value, other: Value): boolean {
  if (typeof one !== typeof other) throw new Error(`compares ${typeof one} and ${typeof other}`);
  return String(one).toLowerCase() === String(other).toLowerCase();
}

/** A context has what it has; of a step and its outputs nothing need be there. */
function lookUp(path: string, contexts: Context): string {
  const [first = '', ...names] = path.split('.');
  if (!Object.hasOwn(contexts, first)) throw new Error(`there is no context ${first}: ${path}`);
  let value: string | Context | undefined = contexts[first];
  for (const name of names) value = typeof value === 'object' ? value[name] : undefined;
  if (value === undefined && first !== 'steps') throw new Error(`there is no ${path}`);
  if (typeof value === 'object') throw new Error(`${path} is no text`);
  return value ?? '';
}

function primary(tokens: Tokens, contexts: Context): Value {
  if (tokens.takes('!')) return !isTrue(primary(tokens, contexts));
  if (tokens.takes('(')) {
    const value = either(tokens, contexts);
    if (!tokens.takes(')')) throw new Error(`a parenthesis is open: ${tokens.text}`);
    return value;
  }
  const token = tokens.next();
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (!/^[A-Za-z_]/.test(token)) throw new Error(`${token} stands where a value should: ${tokens.text}`);
  return lookUp(token, contexts);
}

function comparison(tokens: Tokens, contexts: Context): Value {
  const one = primary(tokens, contexts);
  if (tokens.takes('==')) return areEqual(one, primary(tokens, contexts));
  if (tokens.takes('!=')) return !areEqual(one, primary(tokens, contexts));
  return one;
}

function both(tokens: Tokens, contexts: Context): Value {
  let value = comparison(tokens, contexts);
  while (tokens.takes('&&')) {
    const other = comparison(tokens, contexts);
    value = isTrue(value) ? other : value;
  }
  return value;
}

function either(tokens: Tokens, contexts: Context): Value {
  let value = both(tokens, contexts);
  while (tokens.takes('||')) {
    const other = both(tokens, contexts);
    value = isTrue(value) ? value : other;
  }
  return value;
}

/** @throws Error for what it does not know */
export function evaluate(expression: string, contexts: Context): Value {
  const tokens = new Tokens(expression.trim());
  const value = either(tokens, contexts);
  if (!tokens.isAtEnd) throw new Error(`more than one value: ${expression}`);
  return value;
}

/** Puts values in the place of the expressions in a text. */
export const substitute = (text: string, contexts: Context): string =>
  text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) => String(evaluate(expression, contexts)));

/** Tells whether a step is to run, while none has failed. */
export function isToRun(condition: string | undefined, contexts: Context): boolean {
  if (condition === undefined) return true;
  const [, inner] = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(condition) ?? [];
  return isTrue(evaluate(inner ?? condition, contexts));
}
