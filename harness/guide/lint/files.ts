/** Files that a guide writes and files that its commands read: which of them have no counterpart. */
import { samePath } from '../follow/known-text.ts';
import type { FileEvent, Trace } from '../follow/trace.ts';
import type { Page } from '../page/page.ts';
import type { Span } from '../source-text.ts';
import { inputFilesOf } from './documents.ts';
import { kept } from './kept.ts';
import { hasPagesBefore } from './pages-before.ts';
import type { RuleInput } from './rule.ts';
import { callsOf, type ToolCall } from './words.ts';

/** A file that a command reads, and that the guide has not written before. */
export interface UnwrittenFile {
  readonly call: ToolCall;
  readonly name: string;
  readonly span: Span;
}

/** What of a trace's files has no counterpart. */
interface LoneFiles {
  /** YAML that nothing reads and no word of the pages names. */
  readonly unread: readonly FileEvent[];
  /** YAML of this folder that nothing writes; what the pages name besides is the reader's own. */
  readonly unwritten: readonly UnwrittenFile[];
}

const NAMES = /[\w.-]+\.ya?ml/g;
const none: LoneFiles = { unread: [], unwritten: [] };
const loneIn = kept((input: RuleInput) => kept((trace: Trace) => find(trace, input)));

/** Finds the files of a trace that have no counterpart. */
export const loneFiles = (trace: Trace, input: RuleInput): LoneFiles => loneIn(input)(trace);

/**
 * Finds the one file that is read but not written where there is one that is written but not read: they
 * are meant to be the same. Nothing is said of guides that build on other pages.
 */
export function mistakenPair(
  trace: Trace,
  input: RuleInput,
): { readonly read: UnwrittenFile; readonly written: FileEvent } | undefined {
  const { unread, unwritten } = loneFiles(trace, input);
  const [written] = unread;
  const [read] = unwritten;
  if (!written || !read) return undefined;
  const names = new Set(unwritten.map(({ name }) => name));
  const paths = new Set(unread.map(({ path }) => samePath(path.text)));
  if (names.size !== 1 || paths.size !== 1) return undefined;
  const isBefore = trace.events.indexOf(written) < read.call.at;
  if (!isBefore || trace.view.pages.some(page => page.includes.length > 0 || hasPagesBefore(page)))
    return undefined;
  return { read, written };
}

function find(trace: Trace, { pages, edition }: RuleInput): LoneFiles {
  const writes = trace.events.filter((event): event is FileEvent => event.kind === 'file');
  if (writes.length === 0) return none;
  const reads = callsOf(trace, edition).flatMap(call =>
    inputFilesOf(trace, call).map(file => ({ ...file, call })),
  );
  const paths = new Set(reads.map(({ path }) => path.span.end));
  const named = namesIn(trace, pages, paths);
  const read = new Set(reads.flatMap(({ path }) => path.text.match(NAMES) ?? []));
  const nameOf = ({ path }: FileEvent) => samePath(path.text).split('/').at(-1) ?? '';
  // Of several writes the first counts.
  const written = new Map([...writesOf(trace)].reverse().map(({ name, at }) => [name, at]));
  return {
    unread: writes.filter(
      each =>
        /\.ya?ml$/.test(each.path.text) &&
        each.path.isExact &&
        !named.has(nameOf(each)) &&
        !read.has(nameOf(each)),
    ),
    unwritten: reads.flatMap(({ path, document, call }) => {
      const name = samePath(path.text);
      const isPlain = path.isExact && /^[\w.-]+\.ya?ml$/.test(name) && !/^(my|your)\b/i.test(name);
      const isWritten = document !== undefined || (written.get(name) ?? Number.POSITIVE_INFINITY) < call.at;
      return !isPlain || isWritten || named.has(name) ? [] : [{ call, name, span: path.span }];
    }),
  };
}

/** A file that is written: by a here-document, or by what a command prints. */
interface Write {
  readonly name: string;
  /** Index among the trace's events. */
  readonly at: number;
}

/** Lists what a trace writes, in its order. */
export const writesOf = kept(({ events }: Trace): readonly Write[] =>
  events.flatMap((event, at) => {
    if (event.kind === 'file') return [{ name: samePath(event.path.text), at }];
    if (event.kind !== 'call' || event.output.to !== 'file') return [];
    return [{ name: samePath(event.output.path.text), at }];
  }),
);

/**
 * Names of files in what is called, what is beyond us, and in the text around it.
 * @param apart - where words end that do not count
 */
function namesIn({ events }: Trace, pages: readonly Page[], apart: ReadonlySet<number>): ReadonlySet<string> {
  const texts = [
    ...events.flatMap(event => {
      if (event.kind === 'call')
        return event.args.filter(({ span }) => !apart.has(span.end)).map(({ text }) => text);
      if (event.kind === 'file') return [event.content.text];
      if (event.kind === 'set') return [event.value.text];
      const { page, block } = event.origin;
      return [page.source.text.slice(block.span.start, block.span.end)];
    }),
    ...pages.flatMap(({ prose }) => prose.map(({ text }) => text)),
  ];
  return new Set(texts.flatMap(text => text.match(NAMES) ?? []));
}
