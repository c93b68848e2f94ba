/** Reads kubectl's JSONPath templates. Kubernetes: client-go util/jsonpath/parser.go. */
import { JsonPathError } from './jsonpath-error.ts';
import type { Node, Operand, Step } from './jsonpath-tree.ts';

/** Puts braces around a template that is a path alone. */
export function relax(template: string): string {
  if (template.includes('{')) return template;
  const bare = template.replace(/^\$/, '');
  return `{${bare.startsWith('.') || bare.startsWith('[') ? bare : `.${bare}`}}`;
}

/**
 * Reads a template into its parts.
 * @throws JsonPathError in the words of client-go
 */
export function parseTemplate(template: string): Node[] {
  const stack: { nodes: Node[]; range?: { fromRoot: boolean; steps: readonly Step[] } }[] = [{ nodes: [] }];
  const add = (node: Node) => stack.at(-1)?.nodes.push(node);
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open < 0 || open > at) add({ kind: 'text', text: template.slice(at, open < 0 ? undefined : open) });
    if (open < 0) break;
    const close = closingBrace(template, open);
    const action = template.slice(open + 1, close).trim();
    at = close + 1;
    if (action === 'end') {
      const done = stack.length > 1 ? stack.pop() : undefined;
      if (!done?.range) throw new JsonPathError('not in range, nothing to end');
      add({ kind: 'range', ...done.range, body: done.nodes });
    } else if (/^range\b/.test(action)) {
      stack.push({ nodes: [], range: parsePath(action.slice('range'.length).trim()) });
    } else {
      for (const word of words(action)) {
        const quoted = /^(["'])([\s\S]*)\1$/.exec(word);
        if (quoted) add({ kind: 'text', text: unquote(quoted[2] ?? '') });
        else add({ kind: 'path', ...parsePath(word) });
      }
    }
  }
  if (stack.length > 1) throw new JsonPathError('unterminated range');
  return stack[0]?.nodes ?? [];
}

/** Finds the brace that ends an action; quotes may hold braces. */
function closingBrace(text: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote) {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  throw new JsonPathError('unclosed action');
}

/** Splits an action at blanks, outside of quotes and brackets. */
function words(action: string): string[] {
  return action.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\[[^\]]*\]|\([^)]*\)|\\.|[^\s"'[(])+/g) ?? [];
}

const unquote = (text: string) =>
  text.replace(/\\(.)/g, (_match, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter);

function parsePath(text: string): { fromRoot: boolean; steps: readonly Step[] } {
  const fromRoot = text.startsWith('$');
  const steps: Step[] = [];
  let rest = text.replace(/^[$@]/, '');
  const take = (pattern: RegExp) => {
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    return match;
  };
  while (rest !== '') {
    if (take(/^\.\.(?=[^.])/)) {
      steps.push({ kind: 'deep' });
      if (!/^[[*]/.test(rest)) rest = `.${rest}`;
      continue;
    }
    if (take(/^\.?\*/)) {
      steps.push({ kind: 'every' });
      continue;
    }
    if (take(/^\[\?\(/)) {
      const close = rest.indexOf(')]');
      if (close < 0) throw new JsonPathError('unterminated filter');
      steps.push(parseFilter(rest.slice(0, close)));
      rest = rest.slice(close + 2);
      continue;
    }
    const bracket = take(/^\[([^\]]*)\]/);
    if (bracket) {
      steps.push(parseBracket(bracket[1] ?? ''));
      continue;
    }
    const field = take(/^\.?((?:\\.|[^.[\\\s{}])+)/);
    if (field) {
      steps.push({ kind: 'field', name: unquote(field[1] ?? '') });
      continue;
    }
    if (take(/^\.$/)) continue;
    throw new JsonPathError(`unrecognized character in action: ${rest[0] ?? ''}`);
  }
  return { fromRoot, steps };
}

function parseBracket(text: string): Step {
  const inner = text.trim();
  if (inner === '*') return { kind: 'every' };
  const parts = inner.split(',').map(part => part.trim());
  if (parts.every(part => /^(["']).*\1$/.test(part))) {
    return { kind: 'names', names: parts.map(part => unquote(part.slice(1, -1))) };
  }
  return {
    kind: 'union',
    parts: parts.map(part => {
      const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(part);
      if (!slice || part === '') throw new JsonPathError(`invalid array index ${part}`);
      const number = (value: string | undefined) => (value ? Number(value) : undefined);
      return {
        from: number(slice[1]),
        to: number(slice[2]),
        step: number(slice[3]) ?? 1,
        single: slice[2] === undefined,
      };
    }),
  };
}

function parseFilter(text: string): Step {
  const match = /^(.+?)\s*(==|!=|>=|<=|>|<)\s*(.+)$/.exec(text.trim());
  if (!match) return { kind: 'filter', left: parseOperand(text), operator: 'exists', right: undefined };
  return {
    kind: 'filter',
    left: parseOperand(match[1] ?? ''),
    operator: match[2] ?? '',
    right: parseOperand(match[3] ?? ''),
  };
}

function parseOperand(text: string): Operand {
  const word = text.trim();
  const quoted = /^(["'])([\s\S]*)\1$/.exec(word);
  if (quoted) return { kind: 'value', value: unquote(quoted[2] ?? '') };
  if (/^-?\d+(\.\d+)?$/.test(word)) return { kind: 'value', value: Number(word) };
  if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' };
  return { kind: 'path', steps: parsePath(word).steps };
}
