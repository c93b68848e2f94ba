/** Who asks for resources: envoy.config.core.v3.Node. */

import type { ProtoMessage } from './encode-message.ts';
import type { Fields } from './fields.ts';
import { type Json, objectOf, structOf } from './well-known.ts';

/** A proxy as it introduces itself. */
export interface NodeMessage {
  /** `sidecar~10.10.0.5~sleep-xyz.sample~sample.svc.cluster.local` */
  readonly id: string;
  /** `sleep.sample` */
  readonly cluster: string;
  /** CLUSTER_ID, NETWORK, LABELS, … */
  readonly metadata: { readonly [key: string]: Json };
  readonly locality?: LocalityMessage | undefined;
  /** `envoy` */
  readonly userAgentName?: string | undefined;
}

/** Where a proxy is: envoy.config.core.v3.Locality. */
interface LocalityMessage {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

/** Returns core.v3.Node. */
export const nodeOf = ({ id, cluster, metadata, locality, userAgentName }: NodeMessage): ProtoMessage => ({
  id,
  cluster,
  metadata: structOf(metadata),
  locality: locality && { region: locality.region, zone: locality.zone, sub_zone: locality.subZone },
  user_agent_name: userAgentName,
});

/** Reads core.v3.Node. */
export function readNode(fields: Fields): NodeMessage {
  const locality = fields.message('locality', it => ({
    region: it.string('region'),
    zone: it.string('zone'),
    subZone: it.string('sub_zone'),
  }));
  const userAgentName = fields.string('user_agent_name');
  return {
    id: fields.string('id'),
    cluster: fields.string('cluster'),
    metadata: fields.message('metadata', objectOf) ?? {},
    ...(locality && { locality }),
    ...(userAgentName !== '' && { userAgentName }),
  };
}
