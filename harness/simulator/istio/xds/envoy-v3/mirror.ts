/** Copies of requests, to route.v3.RouteAction.RequestMirrorPolicy and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { booleanOf } from '../proto/well-known.ts';
import type { Mirror } from '../routes.ts';
import { readShare, shareOf } from './share.ts';

/** Returns the message; copies are never traced, as istiod says it. */
export const mirrorOf = ({ cluster, share, marksHost }: Mirror): ProtoMessage => ({
  cluster,
  runtime_fraction: shareOf(share),
  trace_sampled: {},
  disable_shadow_host_suffix_append: !marksHost,
});

/** Reads the message. @throws Refusal for a cluster that a header names */
export function readMirror(fields: Fields): Mirror {
  if (!fields.has('cluster')) throw new Refusal(`${fields.type}: only cluster is simulated as a target`);
  if (fields.message('trace_sampled', booleanOf)) fields.note('trace_sampled', 'requests are not traced');
  return {
    cluster: fields.string('cluster'),
    share: fields.message('runtime_fraction', readShare) ?? { numerator: 100, denominator: 100 },
    ...(!fields.boolean('disable_shadow_host_suffix_append') && { marksHost: true }),
  };
}
