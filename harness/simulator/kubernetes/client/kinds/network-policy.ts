/** Network policies: which connections of pods are let through. */
import type { LabelSelector, Stored } from './stored.ts';

/** Other ends of a connection: pods, or a range of addresses. */
export interface PolicyPeer {
  /** Pods of the policy's namespace, or of those that `namespaceSelector` finds. */
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  /** CIDRs. */
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** Ports of the receiving pod. */
export interface PolicyPort {
  readonly protocol?: string;
  /** A number, or the name of a container's port; absent: all ports of the protocol. */
  readonly port?: number | string;
  /** The last port of a range that begins at `port`. */
  readonly endPort?: number;
}

/** Selects pods, and says who may connect to them and where they may connect to. */
export interface NetworkPolicy extends Stored {
  readonly spec?: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly {
      readonly from?: readonly PolicyPeer[];
      readonly ports?: readonly PolicyPort[];
    }[];
    readonly egress?: readonly {
      readonly to?: readonly PolicyPeer[];
      readonly ports?: readonly PolicyPort[];
    }[];
  };
}
