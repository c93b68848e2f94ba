/**
 * What a run on kind has called, as text for people: each command line with its files, in the order of the
 * plan, without what differs from run to run.
 */
import { loadAll } from 'js-yaml';
import { quoteArgv } from '../../harness/base/quote.ts';
import type { Plan } from '../../harness/plan/step.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import type { Call } from './stand-ins/calls.ts';

export interface TranscriptOptions {
  readonly runId: string;
  /** Path → what stands for it. */
  readonly folders: Readonly<Record<string, string>>;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly calls: readonly Call[];
}

/** The calls that belong to a command of the plan: a value that is awaited is asked for more than once. */
export const callsOf = (calls: readonly Call[], line: string): readonly Call[] =>
  calls.filter(({ program, argv }) => quoteArgv([program, ...argv]) === line);

export function transcript(options: TranscriptOptions): string {
  const { plan, events, calls } = options;
  const mask = maskOf(options);
  const lines: string[] = ['# kind, once for each cluster, side by side'];
  const kind = calls.filter(({ program, argv }) => program === 'kind' && argv[0] !== 'version');
  for (const call of [...kind].sort((one, other) => (one.argv.join(' ') < other.argv.join(' ') ? -1 : 1))) {
    // A user's proxies are this machine's.
    const own = Object.entries(call.env).filter(([name]) => !/_proxy$/i.test(name));
    const variables = own.map(([name, value]) => `${name}=${value}`);
    lines.push('', `${variables.join(' ')} \\`, `  ${quoteArgv(['kind', ...call.argv])}`, ...filesOf(call));
  }
  lines.push('', '# What the platform asks the programs by itself');
  const asked = calls.filter(
    ({ program, argv }) => program !== 'kind' && (argv.includes('version') || argv[0] === 'manifest'),
  );
  lines.push(...[...new Set(asked.map(({ program, argv }) => `$ ${quoteArgv([program, ...argv])}`))].sort());
  lines.push('', "# The plan, in its order; every program has the tools' own folder and kubeconfig");
  for (const { id } of plan.steps) {
    const ended = events.find(event => event.type === 'step-ended' && event.step === id);
    if (ended?.type !== 'step-ended') continue;
    lines.push('', `${id}`);
    for (const { line } of ended.commands) {
      const [call] = callsOf(calls, line);
      lines.push(`$ ${line}`);
      if (!call) continue;
      lines.push(
        `  in ${call.folder} with KUBECONFIG=${call.kubeconfig}`,
        ...filesOf(call),
        ...stdinOf(call),
      );
    }
  }
  return `${mask(lines.join('\n'))}\n`;
}

const indented = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `    ${line}`.trimEnd());

const filesOf = ({ files }: Call): readonly string[] =>
  Object.entries(files).flatMap(([name, text]) => [`  ${name}:`, ...indented(text)]);

/** A Secret that goes through a pipe is named, not shown. */
function stdinOf({ stdin }: Call): readonly string[] {
  if (stdin === '') return [];
  // What our own tools and scripts have written.
  const objects = loadAll(stdin) as readonly ({ kind?: string; metadata?: { name?: string } } | null)[];
  const secret = objects.find(object => object?.kind === 'Secret');
  return [
    '  standard input:',
    ...(secret ? [`    a Secret ${secret.metadata?.name ?? ''}`] : indented(stdin)),
  ];
}

/** Docker's own choice of a range, and who was first to get an address in it, differ. */
function maskOf({ runId, folders }: TranscriptOptions): (text: string) => string {
  const networks = new Map<string, string>();
  const address = (_match: string, network: string, host: string): string => {
    const name = networks.get(network) ?? `NET${networks.size + 1}`;
    networks.set(network, name);
    const last = Number(host);
    return `${name}.${last < 64 ? 'NODE' : last < 128 ? `FIXED${last - 63}` : 'BALANCER'}`;
  };
  return text => {
    let masked = text;
    for (const [folder, name] of Object.entries(folders)) masked = masked.replaceAll(folder, name);
    return masked
      .replaceAll(/[^\s=]*mesh-harness-tools-\d+-\w+/g, 'TOOLS')
      .replaceAll(`mh-${runId}-`, 'mh-RUN-')
      .replaceAll(`${runId}.${process.pid}`, 'RUN.PID')
      .replaceAll(`MESH_HARNESS_RUN=${runId}`, 'MESH_HARNESS_RUN=RUN')
      .replaceAll(/\b(172\.(?:2[6-9]|30)\.\d+)\.(\d+)\b/g, address)
      .replaceAll(/\b(10\.2[0-4]\d\.\d+)\.(\d+)\b(?!\/)/g, address)
      .replaceAll(/\b(curl|sleep|helloworld-v\d)-[a-z0-9]+-[a-z0-9]{5}\b/g, '$1-POD');
  };
}
