/** What requests to a destination are hashed by (pilot/pkg/networking/core/route/route.go @1.30.3). */
import type { HashPolicy } from '../../xds/routes.ts';
import type { PushContext } from '../mesh/push-context.ts';
import { hashFor, ruleFor } from './destination-policy.ts';

/** Where a request may go. */
interface Hashed {
  readonly host: string;
  readonly port: number;
  readonly subset?: string | undefined;
}

/** Returns the part of a route; nothing if none of its destinations balances by hashes. */
export function hashPolicies(
  context: PushContext,
  destinations: readonly Hashed[],
): { readonly hashPolicy?: readonly HashPolicy[] } {
  if (context.config.destinationRules.length === 0) return {};
  const hashPolicy = destinations.flatMap(({ host, port, subset }) => {
    const rule = ruleFor(context, host);
    const own = rule?.subsets.find(({ name }) => name === subset);
    return hashFor(rule, port, own) ?? [];
  });
  return hashPolicy.length > 0 ? { hashPolicy } : {};
}
