/** Objects of Istio's that API servers and istiod are asked about: a kind and a spec each. */
import { GATEWAYS, OTHERS, POLICIES } from './gates.ts';
import { ENTRIES, RULES, SIDECARS } from './hosts.ts';
import { ROUTES } from './routes.ts';

export type Case = readonly [kind: string, spec: object];

/** All cases, each another. */
export const CASES: readonly Case[] = [
  ...ROUTES,
  ...RULES,
  ...ENTRIES,
  ...SIDECARS,
  ...GATEWAYS,
  ...POLICIES,
  ...OTHERS,
];

/** What a case is called. */
export const titleOf = ([kind, spec]: Case): string => `${kind} ${JSON.stringify(spec)}`;
