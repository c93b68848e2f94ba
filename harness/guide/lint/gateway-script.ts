/** The script that writes an east-west gateway: what it wants, by release. */
import { type EditionName, GATEWAY_VALUES } from '../../model/east-west-gateway.ts';
import { GATEWAY_SCRIPT } from '../follow/programs.ts';
import type { Expanded } from '../follow/trace.ts';
import { flagValue, type ToolCall } from './words.ts';

/** What the script reads: as a flag, and as a variable of the environment. */
export type GatewayValue = (typeof GATEWAY_VALUES)[number];

/** What it cannot do without. istio/istio samples/multicluster/gen-eastwest-gateway.sh @1.8.0, @1.30.3 */
const NEEDED: Readonly<Record<EditionName, readonly GatewayValue[]>> = {
  '1.8': GATEWAY_VALUES,
  current: ['network'],
};

/** Tells whether a call prints an IstioOperator. */
export const printsOperator = ({ tool }: ToolCall): boolean => tool === GATEWAY_SCRIPT;

/** Returns the values that a call of the script has, by flag or by the environment. */
export function gatewayValues(call: ToolCall): Readonly<Partial<Record<GatewayValue, Expanded>>> {
  const environment = new Map(call.event.environment.map(({ name, value }) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    GATEWAY_VALUES.flatMap(name => {
      const value = flagValue(call, name) ?? environment.get(name);
      return value && value.text !== '' ? [[name, value]] : [];
    }),
  );
}

/** Lists what a call of the script lacks in a release. */
export function lackingValues(call: ToolCall, edition: EditionName): readonly GatewayValue[] {
  if (call.flags.some(({ name }) => name === 'single-cluster')) return [];
  const values = gatewayValues(call);
  return NEEDED[edition].filter(name => values[name] === undefined);
}
