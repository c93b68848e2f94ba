/** Command lines of misconfigurations, as the commands of a plan. */
import type { Command, PlanFile, ToolName } from '../model/command.ts';
import { clusterName } from '../model/names.ts';

/** Milliseconds for a command: some wait until what was done has had its effect. */
const TIMEOUT_MS = 2 * 3_600_000;

/**
 * Reads command lines.
 * @throws Error for a line that names no tool
 */
export const commandsOf = (lines: readonly string[]): readonly Command[] => lines.map(commandOf);

function commandOf(line: string): Command {
  const all = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [mark, name] = all.slice(-2);
  const isRedirected = mark === '>' || mark === '<';
  const words = isRedirected ? all.slice(0, -2) : all;
  const at = words[0] === 'certs' ? 0 : 1;
  const [tool, ...args] = words.slice(at);
  const cluster = at === 0 ? undefined : words[0];
  if (!isTool(tool)) throw new Error(`No tool is named in: ${line}`);
  return {
    tool,
    ...(cluster !== undefined && { cluster: clusterName(cluster) }),
    args,
    timeoutMs: TIMEOUT_MS,
    ...(mark === '>' && name !== undefined && { output: { to: 'variable' as const, name } }),
    ...(mark === '<' && name !== undefined && { stdin: `\${${name}}` }),
  };
}

const isTool = (word: string | undefined): word is ToolName =>
  word === 'kubectl' || word === 'istioctl' || word === 'certs';

/** Reads files: path → content. */
export const filesOf = (files: Readonly<Record<string, string>> = {}): readonly PlanFile[] =>
  Object.entries(files).map(([path, content]) => ({ path, content }));
