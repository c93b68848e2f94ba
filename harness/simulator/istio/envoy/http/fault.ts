/** The faults of a route (envoyproxy/envoy source/extensions/filters/http/fault/fault_filter.cc @v1.30). */
import type { Fault } from '../../xds/routes.ts';
import type { DownstreamResponse } from './downstream-response.ts';
import { faultAbort } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';

const MILLION = 1_000_000;

/** Statuses of HTTP by those of gRPC (source/common/grpc/status.cc @v1.30, grpcToHttpStatus). */
const OF_GRPC = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
const statusOf = (abort: NonNullable<Fault['abort']>): number =>
  'status' in abort ? abort.status : (OF_GRPC[abort.grpcStatus] ?? 500);

/**
 * Lets a request go on: at once, after its delay, or not at all if it is aborted.
 * @param goOn - called unless the request is aborted, or its client goes while it is held back
 */
export function afterFault(
  { environment: { clock, random } }: ManagerContext,
  downstream: DownstreamResponse,
  { delay, abort }: Fault,
  goOn: () => void,
): void {
  const strikes = (perMillion: number): boolean => perMillion > 0 && random.integer(MILLION) < perMillion;
  const abortOrGoOn = (): void => {
    if (abort && strikes(abort.perMillion)) downstream.reply(faultAbort(statusOf(abort)));
    else goOn();
  };
  if (!delay || !strikes(delay.perMillion)) {
    abortOrGoOn();
    return;
  }
  const timer = clock.setTimeout(() => {
    downstream.stream.onClose = undefined;
    abortOrGoOn();
  }, delay.delayMs);
  downstream.stream.onClose = () => clock.clearTimeout(timer);
}
