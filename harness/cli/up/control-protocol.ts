/**
 * What the process of a world that is up is asked, over HTTP on a Unix socket that only its user can open:
 * `GET /faults`, `POST /faults`, `POST /faults/clear`.
 */
import * as z from '../../base/zod.ts';

/** Of these paths and bodies; both sides name it. */
export const PROTOCOL = '1';
export const PROTOCOL_HEADER = 'mesh-harness-protocol';

const values = z.record(z.string(), z.string());

/** A fault to begin. */
export const faultAsked = z.object({ fault: z.string(), values });

/** What to clear: one, or all. */
export const clearingAsked = z.object({ id: z.string().exactOptional() });

const faultTold = z.object({
  id: z.string(),
  fault: z.string(),
  values,
  what: z.string(),
  /** Seconds that it has been in force. */
  seconds: z.number(),
  /** Connections and datagrams that it has met; absent for one that changes no packets. */
  met: z.int().exactOptional(),
});
/** A fault that is in force. */
export type FaultTold = Readonly<z.infer<typeof faultTold>>;

/** The faults that are in force; of a request that began or cleared some, these. */
export const faultsTold = z.object({ faults: z.array(faultTold).readonly() });

/** A request that came to nothing. */
export const refusalTold = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().exactOptional() }),
  /** Of the process. */
  version: z.string().exactOptional(),
});
