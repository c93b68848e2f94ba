/** Services, and the addresses behind them. */
import type { Condition, ObjectReference, Stored } from './stored.ts';

/** A port of a Service, and the port of its pods behind it. */
export interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

/** A name and an address for the pods that a selector finds. */
export interface Service extends Stored {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly loadBalancerClass?: string;
    readonly publishNotReadyAddresses?: boolean;
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly {
        readonly ip?: string;
        readonly ipMode?: string;
        readonly hostname?: string;
      }[];
    };
    readonly conditions?: readonly Condition[];
  };
}

/** One address of Endpoints: a pod's, or one written by hand. */
export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

/** A port at which all addresses of a subset or slice answer. */
export interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** Addresses that have the same ports. */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly notReadyAddresses?: readonly EndpointAddress[];
  readonly ports?: readonly EndpointPort[];
}

/** The addresses behind a Service, as the older API has them. */
export interface Endpoints extends Stored {
  readonly subsets?: readonly EndpointSubset[];
}

/** One endpoint of a slice; the first of its addresses is the one that is used. */
export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: {
    readonly ready?: boolean;
    readonly serving?: boolean;
    readonly terminating?: boolean;
  };
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

/** Up to a hundred of the addresses behind a Service. */
export interface EndpointSlice extends Stored {
  readonly addressType: string;
  /** Null where there are none, as Go writes an empty list that is always told; so are the ports. */
  readonly endpoints?: readonly SliceEndpoint[] | null;
  readonly ports?: readonly Partial<EndpointPort>[] | null;
}
