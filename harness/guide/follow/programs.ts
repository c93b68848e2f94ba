/** What of a guide's programs a plan can carry out. */
import type { CallEvent } from './trace.ts';

/** As `ToolName` of the model calls them. */
type PlanTool = 'kubectl' | 'istioctl' | 'helm' | 'gen-eastwest-gateway';

/** The script that writes an east-west gateway, without its folder. */
export const GATEWAY_SCRIPT = 'gen-eastwest-gateway.sh';
/** Commands that change nothing that a plan could tell. */
const IDLE: ReadonlySet<string> = new Set(['echo', 'unset', 'true', ':', 'printf']);

/** Returns the tool of a plan that a program is, by its name or path; undefined if it is none. */
export function toolOf(program: string): PlanTool | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'kubectl' || name === 'istioctl' || name === 'helm') return name;
  return name === GATEWAY_SCRIPT ? 'gen-eastwest-gateway' : undefined;
}

/** Tells whether a plan may pass over a call. */
export const isIdle = ({ program, output }: CallEvent): boolean =>
  IDLE.has(program.text) && output.to === 'terminal';
