/** One call of a guide as a command of a plan. */
import { quoteWord } from '../../base/quote.ts';
import { CONTEXT_FLAGS } from '../../model/argv.ts';
import type { Command, ToolName } from '../../model/command.ts';
import { GATEWAY_VALUES } from '../../model/east-west-gateway.ts';
import { type ClusterName, clusterName } from '../../model/names.ts';
import { INSTALL_MS, QUICK_MS } from '../../plan/commands.ts';
import { toolOf } from '../follow/programs.ts';
import type { CallEvent, Expanded } from '../follow/trace.ts';

/** Variables that the guide has exported, which its programs get. */
type Exported = ReadonlyMap<string, string>;

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** Variables that the reader has set himself. */
export type Given = ReadonlyMap<string, string>;

/** Returns the command, or what keeps the call from being one, as a phrase for a list. */
export function commandOf(call: CallEvent, exported: Exported, given: Given = new Map()): Command | string {
  const tool = toolOf(call.program.text);
  if (tool === undefined) return `a call of ${call.program.text || 'nothing'}, which is no tool of a plan`;
  const torn = tornValue(call, given);
  if (torn !== undefined)
    return `${torn} outside of quotes, where the shell splits the value that --var gives it at its blanks`;
  const split = call.args.find(({ text, isSplit, uses }) => isSplit && text === '' && uses.length > 0);
  if (split) return `an argument of ${tool} that is empty`;
  const { context, args } = takeContext(
    call.args.map(({ text }) => text),
    CONTEXT_FLAGS[tool],
  );
  const cluster = CONTEXT_FLAGS[tool] === undefined ? undefined : clusterOf(tool, context, call);
  if (typeof cluster === 'object') return cluster.problem;
  const environment = environmentOf(call, tool, exported);
  const output = outputOf(call);
  if (typeof output === 'string') return output;
  return {
    tool,
    ...(cluster !== undefined && { cluster }),
    args,
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(call.stdin && { stdin: call.stdin.text.text }),
    ...(output && { output }),
    ...shownBy(call),
    timeoutMs: timeoutOf(tool, args),
  };
}

/** Finds a value of the reader's that the shell would tear into words, which nobody meant. */
const tornValue = ({ args, vanished }: CallEvent, given: Given): string | undefined =>
  [...args, ...vanished]
    .filter(({ isSplit }) => isSplit)
    .flatMap(({ uses }) => uses)
    .find(({ name }) => /\s/.test(given.get(name) ?? ''))?.name;

/** What the page shows as the call's output, and where. */
function shownBy({ shown, origin }: CallEvent): Pick<Command, 'shows' | 'showsAt'> {
  const [first] = shown;
  if (!first) return {};
  const { file, line } = origin.page.source.placeOf(first.span.start);
  return { shows: shown.map(({ text }) => text), showsAt: { file, line } };
}

/** Takes the context out of the arguments; words behind `--` belong to another program. */
function takeContext(
  args: readonly string[],
  flag: string | undefined,
): { readonly context: string | undefined; readonly args: readonly string[] } {
  if (flag === undefined) return { context: undefined, args };
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  let context: string | undefined;
  const kept: string[] = [];
  for (let index = 0; index < own.length; index++) {
    const word = own[index] ?? '';
    if (word.startsWith(`${flag}=`)) context = word.slice(flag.length + 1);
    else if (word === flag) context = own[++index] ?? '';
    else kept.push(word);
  }
  return { context, args: [...kept, ...args.slice(own.length)] };
}

/** Returns the cluster that a context leads to: on every platform, the two have one name. */
function clusterOf(
  tool: ToolName,
  context: string | undefined,
  call: CallEvent,
): ClusterName | { readonly problem: string } {
  const flag = CONTEXT_FLAGS[tool];
  if (context === undefined)
    return { problem: `${tool} without ${flag}: which cluster it acts on depends on the reader's machine` };
  if (context === '') {
    const names = unset(call.args);
    const what = names.length > 0 ? `${names.join(', ')} is not set (--var ${names[0]}=…)` : 'it is empty';
    return { problem: `${tool} without a context: ${what}` };
  }
  if (!LABEL.test(context))
    return {
      problem: `the context ${context}, which cannot be the name of a cluster${instead(context, call)}`,
    };
  return clusterName(context);
}

/** Says how a context of any name is given to the plan. */
function instead(context: string, { args }: CallEvent): string {
  const variable = args.find(({ text, uses }) => uses.length === 1 && text.endsWith(context))?.uses[0]?.name;
  if (variable === undefined) return '';
  const name = variable.toLowerCase().replace(/^ctx_/, '').replaceAll('_', '-');
  return `: --var ${variable}=${name} names it, and --context ${quoteWord(`${name}=${context}`)} leads there`;
}

const unset = (args: readonly Expanded[]): readonly string[] =>
  args.flatMap(({ uses }) => uses.filter(({ isSet }) => !isSet).map(({ name }) => name));

function environmentOf(
  { environment }: CallEvent,
  tool: ToolName,
  exported: Exported,
): Readonly<Record<string, string>> {
  const all =
    tool === 'gen-eastwest-gateway'
      ? GATEWAY_VALUES.flatMap(each => {
          const name = each.toUpperCase();
          const value = exported.get(name);
          return value === undefined ? [] : [[name, value] as const];
        })
      : [];
  return Object.fromEntries([...all, ...environment.map(({ name, value }) => [name, value.text] as const)]);
}

function outputOf({ output, program }: CallEvent): Command['output'] | string {
  switch (output.to) {
    case 'terminal':
      return undefined;
    case 'next-call':
      return { to: 'next-command' };
    case 'variable':
      return { to: 'variable', name: output.name };
    default:
      return `the output of ${program.text} in a file (${output.path.text})`;
  }
}

/** As for the commands of our own plans. */
function timeoutOf(tool: ToolName, args: readonly string[]): number {
  const isLong = tool === 'helm' || (tool === 'istioctl' && args[0] === 'install');
  const seconds = args.map(word => /^--timeout=(\d+)s$/.exec(word)?.[1]).find(found => found !== undefined);
  return isLong ? INSTALL_MS : QUICK_MS + Number(seconds ?? 0) * 1000;
}
