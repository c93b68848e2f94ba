/** Services and Deployments that a call of kubectl asks for by kind and name. */
import type { Expanded } from '../follow/trace.ts';
import type { ToolCall } from './words.ts';

export type ServingKind = 'service' | 'deployment';

/** The names that kubectl takes for a kind, in lower case. */
export const SERVING_KINDS: Readonly<Record<string, ServingKind>> = {
  ...{ svc: 'service', service: 'service', services: 'service' },
  ...{ deploy: 'deployment', deployment: 'deployment', deployments: 'deployment' },
};

/** An object that is asked for, and the word that names it. */
interface AskedObject {
  readonly kind: ServingKind;
  readonly name: string;
  readonly word: Expanded;
}

/** Reads `svc web`, `svc/web` and the like; undefined for anything else. */
export function askedObject({ tool, command, operands }: ToolCall): AskedObject | undefined {
  if (tool !== 'kubectl' || !/^(get|wait|describe|rollout status)$/.test(command)) return undefined;
  const [first, second] = operands;
  const [kind = '', name = second?.text] = first?.text.split('/') ?? [];
  const known = SERVING_KINDS[kind.toLowerCase()];
  const word = first?.text.includes('/') ? first : second;
  if (known === undefined || name === undefined || !word || operands.length > 2) return undefined;
  return { kind: known, name, word };
}
