/** Reads what a route tells browsers (networking.istio.io, CorsPolicy). */
import { list, tree } from '../../../../base/untyped.ts';
import type { CorsPolicy } from '../../xds/routes.ts';
import { durationMs, text, texts } from './config-fields.ts';
import { readStringMatch } from './read-http-match.ts';
import type { Reading } from './reading.ts';

/** Fields of both releases, but for `unmatchedPreflights`, which 1.8 had not. */
const EXECUTED = [
  ...['allowOrigin', 'allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders'],
  ...['maxAge', 'allowCredentials', 'unmatchedPreflights'],
];

/** pilot/pkg/networking/core/route/route.go @1.30.3, TranslateCORSPolicy */
export function readCorsPolicy(
  { unsupported }: Reading,
  path: string,
  value: unknown,
): CorsPolicy | undefined {
  if (value === undefined || value === null) return undefined;
  const policy = tree(value);
  unsupported.check(path, policy, EXECUTED);
  const joined = (field: string): string => texts(policy[field]).join(',');
  const maxAgeMs = durationMs(policy['maxAge']);
  const credentials = policy['allowCredentials'];
  return {
    allowOrigins: Array.isArray(policy['allowOrigins'])
      ? list(policy['allowOrigins']).flatMap(
          (item, at) => readStringMatch(unsupported, `${path}.allowOrigins[${at}]`, item) ?? [],
        )
      : texts(policy['allowOrigin']).map(exact => ({ exact })),
    allowMethods: joined('allowMethods'),
    allowHeaders: joined('allowHeaders'),
    exposeHeaders: joined('exposeHeaders'),
    maxAge: maxAgeMs === undefined ? '' : String(Math.trunc(maxAgeMs / 1000)),
    ...(credentials !== undefined && credentials !== null && { allowCredentials: credentials === true }),
    ...(text(policy['unmatchedPreflights']) === 'IGNORE' && { answersOthers: true }),
  };
}
