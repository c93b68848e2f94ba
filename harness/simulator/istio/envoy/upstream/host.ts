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
  locality: string;
  localityWeight: number | undefined;
  /** As istiod has it. */
  isToldHealthy: boolean;
  /** Outlier detection has taken it out. */
  isEjected = false;

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
    this.tlsMode = endpoint.tlsMode;
    this.weight = endpoint.weight;
    this.priority = endpoint.priority ?? 0;
    this.locality = endpoint.locality ?? '';
    this.localityWeight = endpoint.localityWeight;
    this.isToldHealthy = endpoint.isHealthy ?? true;
  }

  get isHealthy(): boolean {
    return this.isToldHealthy && !this.isEjected;
  }

  /** Takes what a new assignment says of it, its TLS aside. */
  update({ weight, priority, locality, localityWeight, isHealthy }: LbEndpoint): void {
    this.weight = weight;
    this.priority = priority ?? 0;
    this.locality = locality ?? '';
    this.localityWeight = localityWeight;
    this.isToldHealthy = isHealthy ?? true;
  }
}

/** Returns what tells hosts of a cluster apart: `10.10.0.5:5000`. */
export function hostKey({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address}:${port}`;
}
