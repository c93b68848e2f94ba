/** Faults of a route: the filter's own message, in the route's typed_per_filter_config. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { anyOf, durationOf, millisecondsOf } from '../proto/well-known.ts';
import type { Fault } from '../routes.ts';
import { TYPES } from './type-names.ts';

const MILLION = 1_000_000;
/** envoy.type.v3.FractionalPercent.DenominatorType → how many of a million one is. */
const DENOMINATORS: readonly number[] = [10_000, 100, 1];

/** Returns the entry of a route's typed_per_filter_config. */
export const faultEntryOf = ({ delay, abort }: Fault): ProtoMessage => ({
  'envoy.filters.http.fault': anyOf(TYPES.fault, {
    ...(delay && {
      delay: { fixed_delay: durationOf(delay.delayMs), percentage: percentageOf(delay.perMillion) },
    }),
    ...(abort && {
      abort: {
        ...('status' in abort ? { http_status: abort.status } : { grpc_status: abort.grpcStatus }),
        percentage: percentageOf(abort.perMillion),
      },
    }),
  }),
});

const percentageOf = (numerator: number): ProtoMessage => ({ numerator, denominator: 2 });

/** Reads the filter's message. */
export function readHttpFault(fields: Fields): Fault {
  const delay = fields.message('delay', it => ({
    perMillion: it.message('percentage', readPercentage) ?? 0,
    delayMs: it.message('fixed_delay', millisecondsOf) ?? 0,
  }));
  const abort = fields.message('abort', it => ({
    perMillion: it.message('percentage', readPercentage) ?? 0,
    ...(it.has('grpc_status')
      ? { grpcStatus: it.number('grpc_status') }
      : { status: it.number('http_status') }),
  }));
  return { ...(delay && { delay }), ...(abort && { abort }) };
}

/** @returns of a million so many */
function readPercentage(fields: Fields): number {
  const one = DENOMINATORS[fields.number('denominator')] ?? 1;
  return Math.min(MILLION, fields.number('numerator') * one);
}
