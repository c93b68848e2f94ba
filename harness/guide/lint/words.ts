/** The words of a call, taken apart: the program, its command, flags and operands. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { CallEvent, Expanded, Trace } from '../follow/trace.ts';
import type { Span } from '../source-text.ts';
import { keptByEdition } from './kept.ts';
import { type CallProblem, type GivenFlag, type ParsedCall, parseCall } from './tables/parse-call.ts';
import { type CommandFacts, toolFacts } from './tables/tables.ts';

/** A flag as it stands in a call. */
export interface FlagUse {
  /** Long and without dashes, also if the call has the short form: `namespace`. */
  readonly name: string;
  /** Absent for a flag that takes none, and for one whose value is missing. */
  readonly value?: Expanded;
  /** From the flag to the end of its value. */
  readonly span: Span;
  /** True: all values count, if it is given several times. */
  readonly isRepeatable: boolean;
}

/** A call of a tool that the tables know, or of any other program. */
export interface ToolCall {
  readonly event: CallEvent;
  /** The words behind the program, also those that are empty as the reader has yet to set a variable. */
  readonly args: readonly Expanded[];
  /** Index among the trace's events. */
  readonly at: number;
  /** Index among the trace's calls. */
  readonly index: number;
  /** What `kubectl config use-context`, or another KUBECONFIG, has chosen before; absent: nothing. */
  readonly chosen?: string;
  /** The program's name without its folder. */
  readonly tool: string;
  /** `1.8.0`; absent for a program that the tables do not know. */
  readonly version?: string;
  /** By its full name: `experimental create-remote-secret`; empty for a program without commands. */
  readonly command: string;
  readonly facts?: CommandFacts;
  /** Where the command's last word ends, or the program. */
  readonly commandEnd: number;
  readonly flags: readonly FlagUse[];
  /** Words that are neither. */
  readonly operands: readonly Expanded[];
  /** What stands behind `--`. */
  readonly rest: readonly Expanded[];
  /** What the program would refuse. */
  readonly problems: readonly CallProblem[];
}

/** Returns the calls of a trace in their order. */
export const callsOf = keptByEdition((trace, edition): readonly ToolCall[] => {
  const calls: ToolCall[] = [];
  let chosen: string | undefined;
  for (const [at, event] of trace.events.entries()) {
    if (event.kind === 'set' && event.name === 'KUBECONFIG') chosen = `KUBECONFIG=${event.value.text}`;
    if (event.kind !== 'call') continue;
    const call = readCall(event, at, edition);
    if (call.tool === 'kubectl' && /^config (use-context|use)$/.test(call.command))
      chosen = call.operands[0]?.text;
    calls.push({ ...call, index: calls.length, ...(chosen !== undefined && { chosen }) });
  }
  return calls;
});

/** Returns the call one event before or behind another; undefined if that event is no call. */
export function callBeside(
  trace: Trace,
  edition: EditionName,
  { at, index }: ToolCall,
  distance: -1 | 1,
): ToolCall | undefined {
  const beside = callsOf(trace, edition)[index + distance];
  return beside?.at === at + distance ? beside : undefined;
}

function readCall(event: CallEvent, at: number, edition: EditionName): Omit<ToolCall, 'index' | 'chosen'> {
  const tool = event.program.text.slice(event.program.text.lastIndexOf('/') + 1);
  const facts = toolFacts(tool, edition);
  const args = writtenArgs(event);
  const base = { event, args, at, tool };
  if (!facts) return { ...base, command: '', commandEnd: event.program.span.end, ...plainWords(args) };
  const parsed = parseCall(
    facts,
    args.map(({ text }) => text),
  );
  const last = args[parsed.path.at(-1) ?? -1];
  return {
    ...{ ...base, version: facts.version, command: parsed.command.path, facts: parsed.command },
    commandEnd: last?.span.end ?? event.program.span.end,
    ...knownWords(args, parsed),
  };
}

/** A word that is nothing but a variable which is not set stands as the page has it. */
function writtenArgs({ args, vanished, origin }: CallEvent): readonly Expanded[] {
  if (vanished.length === 0) return args;
  const written = vanished.map(word => ({
    ...word,
    text: origin.page.source.text.slice(word.span.start, word.span.end),
  }));
  return [...args, ...written].sort((one, other) => one.span.start - other.span.start);
}

type Words = Pick<ToolCall, 'flags' | 'operands' | 'rest' | 'problems'>;

function knownWords(args: readonly Expanded[], { flags, positionals, rest, problems }: ParsedCall): Words {
  const wordsOf = (found: readonly { readonly index: number }[]) =>
    found.flatMap(({ index }) => args[index] ?? []);
  return {
    flags: flags.flatMap(flag => toUse(flag, args)),
    operands: wordsOf(positionals),
    rest: wordsOf(rest),
    problems,
  };
}

function toUse({ flag, value, index, valueIndex }: GivenFlag, args: readonly Expanded[]): readonly FlagUse[] {
  const word = args[index];
  const holder = valueIndex === undefined ? undefined : args[valueIndex];
  if (!word) return [];
  const { name, isRepeatable } = flag;
  if (!holder || value === undefined) return [{ name, span: word.span, isRepeatable }];
  const span = { start: word.span.start, end: holder.span.end };
  return [{ name, value: endOf(holder, value), span, isRepeatable }];
}

/** Of other programs: `--name value` and `--name=value`, as most of them have it. */
function plainWords(args: readonly Expanded[]): Words {
  const flags: FlagUse[] = [];
  const operands: Expanded[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (!word) continue;
    const [, name, value] = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word.text) ?? [];
    if (name === undefined) {
      operands.push(word);
      continue;
    }
    const next = args[index + 1];
    const takes = value === undefined && next !== undefined && !next.text.startsWith('-');
    const given = takes ? next : value === undefined ? undefined : endOf(word, value);
    const span = { start: word.span.start, end: given?.span.end ?? word.span.end };
    flags.push({ name, ...(given && { value: given }), span, isRepeatable: true });
    if (takes) index += 1;
  }
  return { flags, operands, rest: [], problems: [] };
}

/** Returns the end of a word; what stands before it, `--name=`, is written out, so its length is known. */
function endOf(word: Expanded, text: string): Expanded {
  const skipped = word.text.length - text.length;
  return {
    ...word,
    text,
    span: { start: Math.min(word.span.start + skipped, word.span.end), end: word.span.end },
  };
}

/** Returns the value of the flag that counts: the last of its name. */
export const flagValue = (call: ToolCall, name: string): Expanded | undefined =>
  call.flags.findLast(flag => flag.name === name)?.value;

/** Tells whether a call has a flag, whatever its value. */
export const hasFlag = (call: ToolCall, ...names: readonly string[]): boolean =>
  call.flags.some(({ name }) => names.includes(name));
