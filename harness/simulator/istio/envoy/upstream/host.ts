/** One upstream host with the counters that `/clusters` shows. */
import type { LbEndpoint } from '../../xds/resources.ts';

/** An endpoint as it runs; it outlives new assignments that still name it. */
export class Host {
  readonly address: string;
  readonly port: number;
  /** `10.10.0.5:5000`. */
  readonly key: string;
  weight: number;
  tlsMode: LbEndpoint['tlsMode'];
  priority: number;
  isHealthy: boolean;

  cxTotal = 0;
  cxActive = 0;
  cxConnectFail = 0;
  rqTotal = 0;
  rqActive = 0;
  rqSuccess = 0;
  rqError = 0;
  rqTimeout = 0;

  constructor(endpoint: LbEndpoint) {
    this.address = endpoint.address;
    this.port = endpoint.port;
    this.key = hostKey(endpoint);
    this.weight = endpoint.weight;
    this.tlsMode = endpoint.tlsMode;
    this.priority = endpoint.priority ?? 0;
    this.isHealthy = endpoint.isHealthy ?? true;
  }
}

/** Returns what tells hosts of a cluster apart: `10.10.0.5:5000`. */
export function hostKey({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address}:${port}`;
}
