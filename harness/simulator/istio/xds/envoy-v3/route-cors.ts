/** What a route tells browsers, to cors.v3.CorsPolicy and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { anyOf, booleanOf, wrapped } from '../proto/well-known.ts';
import type { CorsPolicy } from '../routes.ts';
import { readShare, shareOf } from './share.ts';
import { readTextMatch, textMatchOf } from './text-match.ts';
import { TYPES } from './type-names.ts';

/** Returns the entry of a route's typed_per_filter_config. */
export const corsEntryOf = (policy: CorsPolicy): ProtoMessage => ({
  'envoy.filters.http.cors': anyOf(TYPES.corsPolicy, {
    allow_origin_string_match: policy.allowOrigins.map(textMatchOf),
    allow_methods: policy.allowMethods,
    allow_headers: policy.allowHeaders,
    expose_headers: policy.exposeHeaders,
    max_age: policy.maxAge,
    allow_credentials: policy.allowCredentials === undefined ? undefined : wrapped(policy.allowCredentials),
    filter_enabled: shareOf({ numerator: 100, denominator: 100 }),
    forward_not_matching_preflights: wrapped(!policy.answersOthers),
  }),
});

/** Reads the message. @throws Refusal for a filter that looks at a part of the requests only */
export function readCorsPolicy(fields: Fields): CorsPolicy {
  const enabled = fields.message('filter_enabled', readShare);
  if (enabled && enabled.numerator < enabled.denominator)
    throw new Refusal(`${fields.type}: filter_enabled is simulated for all requests only`);
  fields.pass('shadow_enabled', 'statistics of it are not kept');
  const allowCredentials = fields.message('allow_credentials', booleanOf);
  const forwardsOthers = fields.message('forward_not_matching_preflights', booleanOf) ?? true;
  return {
    allowOrigins: fields.messages('allow_origin_string_match', readTextMatch),
    allowMethods: fields.string('allow_methods'),
    allowHeaders: fields.string('allow_headers'),
    exposeHeaders: fields.string('expose_headers'),
    maxAge: fields.string('max_age'),
    ...(allowCredentials !== undefined && { allowCredentials }),
    ...(!forwardsOthers && { answersOthers: true }),
  };
}
