/** YAML that a guide writes: here-documents into files, and those that a tool reads as its input. */
import yaml from 'js-yaml';
import { RecentMap } from '../../base/recent-map.ts';
import { samePath } from '../follow/known-text.ts';
import type { CallEvent, Expanded, FileEvent, Trace } from '../follow/trace.ts';
import type { Page } from '../page/page.ts';
import type { Span } from '../source-text.ts';
import { kept, keptByEdition } from './kept.ts';
import { lineAt } from './sorted.ts';
import { callsOf, type ToolCall } from './words.ts';

/** A YAML text of a guide. */
export interface GuideDocument {
  readonly event: FileEvent | CallEvent;
  /** Index among the trace's events. */
  readonly at: number;
  readonly page: Page;
  /** The file that it is written to; absent for standard input. */
  readonly path?: string;
  /** After the shell's expansion. */
  readonly content: Expanded;
  /** As the page has it. */
  readonly raw: string;
  readonly isExpanded: boolean;
}

const YAML_FILE = /\.ya?ml$/;
/** Tools that read YAML from their standard input. */
const YAML_READERS: ReadonlySet<string> = new Set(['kubectl', 'istioctl', 'helm']);

/** Returns the YAML texts of a trace, in its order. */
export const documentsOf = kept(({ events }: Trace): readonly GuideDocument[] =>
  events.flatMap((event, at): GuideDocument[] => {
    if (event.kind === 'file' && YAML_FILE.test(event.path.text) && !event.isAppended) {
      const { content, raw, isExpanded, origin } = event;
      return [{ event, at, page: origin.page, path: samePath(event.path.text), content, raw, isExpanded }];
    }
    if (event.kind === 'call' && event.stdin && YAML_READERS.has(event.program.text)) {
      const { text: content, raw, isExpanded } = event.stdin;
      return [{ event, at, page: event.origin.page, content, raw, isExpanded }];
    }
    return [];
  }),
);

/** Finds documents by where they are. */
interface DocumentIndex {
  /** In the order of the trace. */
  readonly byPath: ReadonlyMap<string, readonly GuideDocument[]>;
  /** By the event that has it for its input. */
  readonly byReader: ReadonlyMap<number, GuideDocument>;
}

const indexOf = kept((trace: Trace): DocumentIndex => {
  const byPath = new Map<string, GuideDocument[]>();
  const byReader = new Map<number, GuideDocument>();
  for (const document of documentsOf(trace)) {
    const { at, path } = document;
    if (path === undefined) {
      byReader.set(at, document);
      continue;
    }
    const written = byPath.get(path) ?? [];
    written.push(document);
    byPath.set(path, written);
  }
  return { byPath, byReader };
});

/** Returns the document that a call has for its standard input. */
export const inputOf = (trace: Trace, { at }: ToolCall): GuideDocument | undefined =>
  indexOf(trace).byReader.get(at);

/** Returns what was last written into a file when a call is made. */
export const lastWritten = (trace: Trace, path: string, { at }: ToolCall): GuideDocument | undefined =>
  indexOf(trace)
    .byPath.get(samePath(path))
    ?.findLast(document => document.at < at);

/** What came of reading a YAML text. */
type Parsed = { readonly values: readonly unknown[] } | { readonly line: number; readonly reason: string };

const parsed = new RecentMap<string, Parsed>(500);

/** Reads all documents of a YAML text; the line of a mistake counts from 0. */
export function parseYaml(text: string): Parsed {
  const known = parsed.get(text);
  if (known) return known;
  const result = parse(text);
  parsed.set(text, result);
  return result;
}

function parse(text: string): Parsed {
  try {
    return { values: yaml.loadAll(text, undefined, { json: false }) };
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    return { line: error.mark?.line ?? 0, reason: error.reason };
  }
}

/**
 * Finds a line of a here-document on the page.
 * @param line - counts from 0
 */
export function lineSpan({ page, event, content }: GuideDocument, line: number): Span {
  const { lines } = event.origin.block;
  const first = lineAt(lines, content.span.start);
  const found = lines[Math.max(0, first) + line] ?? lines.at(-1);
  if (!found) return content.span;
  const blank = /^\s*/.exec(found.text)?.[0].length ?? 0;
  const start = found.offset + blank;
  const length = page.source.text.slice(start, found.offset + found.text.length).trimEnd().length;
  return { start, end: start + Math.max(1, length) };
}

/** A key of a YAML text, with its place. */
interface KeyAt {
  /** The keys from the outermost on, one a line; items of lists add nothing. */
  readonly path: string;
  /** Counts from 0. */
  readonly line: number;
}

const KEY = /^(\s*(?:- +)*)(?:"([^"]*)"|'([^']*)'|([^\s#:'"{}[\],&*!|>%@`-][^:#]*?|\$\{[^}]*\}))\s*:(?:\s|$)/;

/** Lists the keys of block mappings, by their indentation; what a block scalar holds is no key. */
export function keysOf(text: string): readonly KeyAt[] {
  const stack: { indent: number; key: string }[] = [];
  const keys: KeyAt[] = [];
  let scalarAbove = Number.POSITIVE_INFINITY;
  for (const [line, each] of text.split('\n').entries()) {
    if (each.trim() === '') continue;
    if (/^(---|\.\.\.)/.test(each)) stack.length = 0;
    const indent = /^\s*/.exec(each)?.[0].length ?? 0;
    if (indent > scalarAbove) continue;
    scalarAbove = Number.POSITIVE_INFINITY;
    const match = KEY.exec(each);
    if (!match) continue;
    const at = match[1]?.length ?? 0;
    while (stack.length > 0 && (stack.at(-1)?.indent ?? 0) >= at) stack.pop();
    stack.push({ indent: at, key: match[2] ?? match[3] ?? match[4] ?? '' });
    keys.push({ path: stack.map(({ key }) => key).join('\n'), line });
    if (/:\s*[|>][-+0-9]*\s*(#.*)?$/.test(each)) scalarAbove = at;
  }
  return keys;
}

/** The kind of file that a call reads for a flag, `-f` mostly. */
interface InputFile {
  readonly path: Expanded;
  /** Absent if the guide has not written it; the file may be a sample or the reader's own. */
  readonly document?: GuideDocument;
}

/** Lists the files that a call reads by `-f`; standard input is `-`, with its here-document. */
export function inputFilesOf(trace: Trace, call: ToolCall): readonly InputFile[] {
  return call.flags
    .filter(({ name, value }) => (name === 'filename' || name === 'values') && value)
    .flatMap(({ value }): InputFile[] => {
      if (!value) return [];
      const document = value.text === '-' ? inputOf(trace, call) : lastWritten(trace, value.text, call);
      return [{ path: value, ...(document && { document }) }];
    });
}

/** Lists the documents of the guide that a call reads: by `-f`, and what stands on its standard input. */
export const documentsReadBy = (trace: Trace, call: ToolCall): readonly GuideDocument[] => [
  ...new Set([
    ...inputFilesOf(trace, call).flatMap(({ document }) => document ?? []),
    ...[inputOf(trace, call)].flatMap(document => document ?? []),
  ]),
];

/** An install of Istio by istioctl, with what the guide says of it. */
export interface Install {
  readonly call: ToolCall;
  readonly context: string;
  /** The document and what is in it; absent where the guide gives none. */
  readonly document?: GuideDocument;
  readonly clusterName?: string;
  readonly network?: string;
  readonly meshId?: string;
  /** What `values.global.remotePilotAddress` is; its presence makes a remote. */
  readonly remotePilotAddress?: string;
  readonly networks: readonly string[];
}

/** Rules that compare each cluster with each say nothing of guides with more: it would take hours. */
export const MOST_CLUSTERS = 100;

/** Lists a trace's installs: by an IstioOperator of the guide's own, or by the words of the call alone. */
export const installsOf = keptByEdition((trace, edition): readonly Install[] =>
  callsOf(trace, edition)
    .filter(({ tool, command }) => tool === 'istioctl' && command === 'install')
    .map(call => {
      const document =
        inputFilesOf(trace, call).find(file => file.document)?.document ?? besideOf(trace, call);
      const context = contextOf(call) ?? '';
      return {
        call,
        context,
        ...(document && { document, ...operatorFacts(document) }),
        networks: networksIn(document),
      };
    }),
);

/** `-f - cluster1.yaml` means the file, although it is refused. */
const besideOf = (trace: Trace, call: ToolCall): GuideDocument | undefined =>
  call.operands
    .flatMap(({ text }) => lastWritten(trace, text, call) ?? [])
    .reduce<GuideDocument | undefined>((last, each) => (last && last.at > each.at ? last : each), undefined);

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );

function operatorOf(document: GuideDocument | undefined): unknown {
  const result = document ? parseYaml(document.content.text) : undefined;
  if (!result || !('values' in result)) return undefined;
  return result.values.find(value => at(value, 'kind') === 'IstioOperator');
}

function operatorFacts(document: GuideDocument) {
  const global = at(operatorOf(document), 'spec', 'values', 'global');
  const facts = {
    clusterName: at(global, 'multiCluster', 'clusterName'),
    network: at(global, 'network'),
    meshId: at(global, 'meshID'),
    remotePilotAddress: at(global, 'remotePilotAddress'),
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => typeof value === 'string'),
  ) as Partial<
    Record<keyof typeof facts, string> // of texts, by the filter
  >;
}

function networksIn(document: GuideDocument | undefined): readonly string[] {
  const networks = at(operatorOf(document), 'spec', 'values', 'global', 'meshNetworks');
  return typeof networks === 'object' && networks !== null ? Object.keys(networks) : [];
}

/**
 * Names the cluster that a call acts on: the value of `--context`. Where that is a variable of the reader,
 * the page's own words stand for it; where it is not given, what was chosen before.
 * @returns undefined if nothing names one
 */
export function contextOf({ event, flags, chosen }: ToolCall): string | undefined {
  const value = flags.findLast(({ name }) => name === 'context' || name === 'kube-context')?.value;
  if (!value) return chosen;
  if (value.text !== '' && value.uses.every(({ isSet }) => isSet)) return value.text;
  return event.origin.page.source.text.slice(value.span.start, value.span.end);
}
