/** The mesh id: one in all clusters. It is for telemetry; calls cross whatever it is. */
import type { Link } from './link.ts';
import { sameEverywhere } from './same-value.ts';

/** The mesh id, the same in all clusters. */
export const meshId: Link = {
  id: 'mesh-id',
  asks: 'Have all clusters one mesh id?',
  look: chain =>
    sameEverywhere(chain, { what: 'mesh id', read: installed => installed.meshId, isHarmless: true }),
};
