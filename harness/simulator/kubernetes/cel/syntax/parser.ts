/**
 * Reads an expression (google/cel-go parser/parser.go and parser/gen/CEL.g4 @v0.26).
 */
import { Cursor, Stop } from './cursor.ts';
import type { Expression } from './expression.ts';
import { ExpressionError } from './issues.ts';
import { expandMacro, MacroError } from './macros.ts';
import { valueOfToken } from './token-value.ts';
import type { Token } from './tokens.ts';

const RESERVED: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let'],
  ...['loop', 'package', 'namespace', 'null', 'return', 'true', 'var', 'void', 'while'],
]);

/** As deep as an expression may be (parser/options.go). */
const MAX_DEPTH = 250;

const isRelation = (text: string) => ['<', '<=', '>=', '>', '==', '!=', 'in'].includes(text);
const isSum = (text: string) => text === '+' || text === '-';
const isProduct = (text: string) => text === '*' || text === '/' || text === '%';

/** Symbols that may stand in the place of a value. */
type Beside = readonly string[];

class Parser {
  readonly #cursor: Cursor;
  #depth = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  whole(): Expression {
    const expression = this.#expression();
    this.#cursor.end();
    return expression;
  }

  #expression(beside: Beside = []): Expression {
    if (++this.#depth > MAX_DEPTH) {
      this.#cursor.report(0, 'expression recursion limit exceeded: 250');
      throw new Stop();
    }
    const condition = this.#disjunction(beside);
    const operator = this.#cursor.takeIf('?');
    if (!operator) {
      this.#depth--;
      return condition;
    }
    const whenTrue = this.#disjunction();
    this.#cursor.expect(':', true);
    const whenFalse = this.#expression();
    this.#depth--;
    return this.#call(operator.at, '_?_:_', [condition, whenTrue, whenFalse]);
  }

  #call(at: number, name: string, args: readonly Expression[], target?: Expression): Expression {
    try {
      return expandMacro(at, name, target, args) ?? { kind: 'call', at, name, target, args };
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.#cursor.report(error.at, error.message);
      return { kind: 'constant', at, value: null };
    }
  }

  #disjunction(beside: Beside = []): Expression {
    return this.#joined('||', () => this.#joined('&&', () => this.#relation(beside)));
  }

  /** A chain of `||` or `&&` is a balanced tree (parser/helper.go, logicManager). */
  #joined(operator: '||' | '&&', part: () => Expression): Expression {
    const terms = [part()];
    const places: number[] = [];
    for (let taken = this.#cursor.takeIf(operator); taken; taken = this.#cursor.takeIf(operator)) {
      places.push(taken.at);
      terms.push(part());
    }
    const balanced = (low: number, high: number): Expression => {
      const middle = Math.floor((low + high + 1) / 2);
      const left = middle === low ? terms[middle] : balanced(low, middle - 1);
      const right = middle === high ? terms[middle + 1] : balanced(middle + 1, high);
      if (!left || !right) throw new RangeError('a chain of operators lacks a term');
      return this.#call(places[middle] ?? 0, `_${operator}_`, [left, right]);
    };
    const [first] = terms;
    if (!first) throw new RangeError('a chain of operators has no term');
    return places.length === 0 ? first : balanced(0, places.length - 1);
  }

  #leftToRight(isOperator: (text: string) => boolean, part: () => Expression): Expression {
    let left = part();
    while (this.#cursor.next.kind === 'SYMBOL' && isOperator(this.#cursor.next.text)) {
      const { text, at } = this.#cursor.take();
      left = this.#call(at, text === 'in' ? '@in' : `_${text}_`, [left, part()]);
    }
    return left;
  }

  #relation(beside: Beside): Expression {
    return this.#leftToRight(isRelation, () =>
      this.#leftToRight(isSum, () => this.#leftToRight(isProduct, () => this.#unary(beside))),
    );
  }

  #unary(beside: Beside): Expression {
    const first = this.#cursor.next;
    const isNumber = first.text === '-' && ['NUM_INT', 'NUM_FLOAT'].includes(this.#cursor.ahead(1).kind);
    if (isNumber || !this.#cursor.is('-', '!')) return this.#member(beside);
    let count = 0;
    while (this.#cursor.takeIf(first.text)) count++;
    const operand = this.#member();
    // Two are none.
    return count % 2 === 0 ? operand : this.#call(first.at, `${first.text}_`, [operand]);
  }

  #member(beside: Beside = []): Expression {
    let operand = this.#primary(beside);
    for (;;) {
      const operator = this.#cursor.next;
      if (this.#cursor.takeIf('.')) operand = this.#selection(operand, operator);
      else if (this.#cursor.takeIf('[')) {
        const isOptional = this.#cursor.takeIf('?') !== undefined;
        const index = this.#expression(isOptional ? [] : ['?']);
        this.#cursor.expect(']');
        operand = this.#call(operator.at, isOptional ? '_[?_]' : '_[_]', [operand, index]);
      } else return operand;
    }
  }

  #selection(operand: Expression, dot: Token): Expression {
    const isOptional = this.#cursor.takeIf('?') !== undefined;
    const name = this.#cursor.next;
    if (name.kind !== 'IDENTIFIER' && name.kind !== 'ESC_IDENTIFIER') this.#cursor.noName();
    this.#cursor.take();
    if (name.kind === 'ESC_IDENTIFIER') this.#cursor.report(name.at, "unsupported syntax: '`'");
    const open = isOptional ? undefined : this.#cursor.takeIf('(');
    if (open) return this.#call(open.at, name.text, this.#arguments(), operand);
    if (!isOptional) return { kind: 'select', at: dot.at, operand, field: name.text, isTest: false };
    return this.#call(dot.at, '_?._', [operand, { kind: 'constant', at: name.at, value: name.text }]);
  }

  #arguments(): Expression[] {
    const args: Expression[] = [];
    if (this.#cursor.takeIf(')')) return args;
    do args.push(this.#expression(args.length === 0 ? [')'] : []));
    while (this.#cursor.takeIf(','));
    this.#cursor.expect(')');
    return args;
  }

  #primary(beside: Beside): Expression {
    const token = this.#cursor.next;
    if (this.#cursor.takeIf('(')) {
      const inner = this.#expression();
      this.#cursor.expect(')');
      return inner;
    }
    if (this.#cursor.takeIf('[')) return this.#list(token.at);
    if (this.#cursor.takeIf('{')) return this.#map(token.at);
    if (this.#cursor.is('.') || token.kind === 'IDENTIFIER') return this.#named(beside);
    return this.#literal(beside);
  }

  #named(beside: Beside): Expression {
    const dot = this.#cursor.takeIf('.');
    const token = this.#cursor.next;
    if (token.kind !== 'IDENTIFIER') return this.#missing(beside);
    const struct = this.#struct(dot ? '.' : '');
    if (struct) return struct;
    this.#cursor.take();
    const open = this.#cursor.takeIf('(');
    const args = open && this.#arguments();
    if (RESERVED.has(token.text)) {
      this.#cursor.report(token.at, `reserved identifier: ${token.text}`);
      return { kind: 'constant', at: token.at, value: null };
    }
    const name = `${dot ? '.' : ''}${token.text}`;
    return open && args ? this.#call(open.at, name, args) : { kind: 'name', at: token.at, name };
  }

  /** Where a value must stand and none does. */
  #missing(beside: Beside): Expression {
    const { at } = this.#cursor.next;
    if (this.#cursor.findsValueBehind(beside)) return this.#member(beside);
    return { kind: 'constant', at, value: null };
  }

  /** `a.b.C{field: value}`; undefined, and nothing taken, if no such thing stands here. */
  #struct(prefix: string): Expression | undefined {
    const cursor = this.#cursor;
    let count = 1;
    let name = `${prefix}${cursor.next.text}`;
    while (cursor.ahead(count).text === '.' && cursor.ahead(count + 1).kind === 'IDENTIFIER') {
      name += `.${cursor.ahead(count + 1).text}`;
      count += 2;
    }
    const open = cursor.ahead(count);
    if (open.kind !== 'SYMBOL' || open.text !== '{') return undefined;
    cursor.skip(count + 1);
    const fields: { at: number; name: string; value: Expression }[] = [];
    if (!cursor.is('}')) {
      do {
        const field = cursor.take();
        const { at } = cursor.expect(':');
        fields.push({ at, name: field.text, value: this.#expression() });
      } while (cursor.separates('}'));
    }
    cursor.expect('}');
    return { kind: 'struct', at: open.at, name, fields };
  }

  #list(at: number): Expression {
    const elements: { value: Expression; isOptional: boolean }[] = [];
    if (!this.#cursor.is(']')) {
      do {
        const isOptional = this.#cursor.takeIf('?') !== undefined;
        const isFirst = elements.length === 0 && !isOptional;
        elements.push({ isOptional, value: this.#expression(isFirst ? [']', ',', '?'] : []) });
      } while (this.#cursor.separates(']'));
    }
    this.#cursor.expect(']');
    return { kind: 'list', at, elements };
  }

  #map(at: number): Expression {
    const entries: { key: Expression; value: Expression; isOptional: boolean }[] = [];
    if (!this.#cursor.is('}')) {
      do {
        const isOptional = this.#cursor.takeIf('?') !== undefined;
        const isFirst = entries.length === 0 && !isOptional;
        const key = this.#expression(isFirst ? ['}', ',', '?'] : []);
        this.#cursor.expect(':', this.#cursor.next.kind === 'EOF');
        entries.push({ isOptional, key, value: this.#expression() });
      } while (this.#cursor.separates('}'));
    }
    this.#cursor.expect('}');
    return { kind: 'map', at, entries };
  }

  #literal(beside: Beside): Expression {
    const { at } = this.#cursor.next;
    const isNegative = this.#cursor.takeIf('-') !== undefined;
    const value = valueOfToken(this.#cursor.next, isNegative);
    if (value === undefined) return this.#missing(beside);
    this.#cursor.take();
    if (!(value instanceof Error)) return { kind: 'constant', at, value };
    this.#cursor.report(at, value.message);
    return { kind: 'constant', at, value: null };
  }
}

/**
 * Reads an expression and expands its macros.
 * @throws ExpressionError with all that is wrong
 */
export function parseExpression(source: string): Expression {
  const cursor = new Cursor(source);
  let expression: Expression | undefined;
  try {
    expression = new Parser(cursor).whole();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (!expression || cursor.issues.length > 0) throw new ExpressionError(source, cursor.issues);
  return expression;
}
