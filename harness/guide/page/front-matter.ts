/** What stands at the head of a page, above its text. */
import { InvalidYaml, readYaml } from '../../base/yaml.ts';
import type { PageProblem } from './page.ts';

/** What was read at the head of a page. */
interface FrontMatter {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the page's text begins. */
  readonly end: number;
  readonly problems: readonly PageProblem[];
}

/** Reads the YAML between two lines of `---`. The TOML between `+++` is not read, and told. */
export function readFrontMatter(text: string): FrontMatter {
  const [head, mark] = /^\uFEFF?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)/.exec(text) ?? [];
  const byteOrderMark = text.startsWith('\uFEFF') ? 1 : 0;
  if (head === undefined || mark === undefined) return { values: {}, end: byteOrderMark, problems: [] };
  const bad = (message: string, end: number): FrontMatter => ({
    values: {},
    end,
    problems: [{ kind: 'front-matter', message, span: { start: byteOrderMark, end: head.trimEnd().length } }],
  });
  const closing = mark === '---' ? /^---[ \t]*$/gm : /^\+\+\+[ \t]*$/gm;
  closing.lastIndex = head.length;
  const closed = closing.exec(text);
  if (!closed) return bad(`The front matter that begins with ${mark} has no end.`, byteOrderMark);
  const end = closed.index + closed[0].length;
  if (mark === '+++') return bad('The front matter is TOML, which is not read here: use YAML.', end);
  const values = valuesOf(text.slice(head.length, closed.index));
  return typeof values === 'string' ? bad(values, end) : { values, end, problems: [] };
}

/** The values, or a sentence on what is wrong. */
function valuesOf(text: string): Readonly<Record<string, unknown>> | string {
  let read: unknown;
  try {
    read = readYaml(text);
  } catch (error) {
    // The parser itself gives up on what is nested too deep for the stack.
    return `The front matter is ${error instanceof InvalidYaml ? error.message : 'nested too deep'}.`;
  }
  if (read === undefined || read === null) return {};
  if (typeof read !== 'object' || Array.isArray(read))
    return 'The front matter is no map of names to values.';
  return { ...read };
}
