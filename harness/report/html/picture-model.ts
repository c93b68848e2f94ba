/** What a picture shows of a scenario, without places. Types only. */
import type { Sight } from '../../verify/seen/seen.ts';

/** What a box in a cluster stands for. */
export type PartKind = 'api-server' | 'istiod' | 'istiod-service' | 'client' | 'helloworld' | 'gateway';

/** A box in a cluster. */
export interface Part extends Sight {
  /** `gateway/cluster1`, `helloworld/cluster1/v1` */
  readonly id: string;
  readonly kind: PartKind;
  readonly cluster: string;
  readonly title: string;
  /** In a few words: its version, its address, or how it is not in order. */
  readonly detail: string;
}

/** An arrow between two parts. */
export interface Way extends Sight {
  /** `call/cluster1/cluster2`, `secret/cluster1/cluster2`, `xds/cluster2/sleep/cluster1` */
  readonly id: string;
  readonly kind: 'call' | 'secret' | 'xds';
  /** Ids of parts. */
  readonly from: string;
  readonly to: string;
  /** Of the gateway that it goes through. */
  readonly via?: string;
  /** What it is, in a sentence without its end: `calls from cluster1 to cluster2`. */
  readonly says: string;
  readonly label: string;
  /** Calls that did not come here, and need not: others are judged together with these. */
  readonly isOpen?: true;
  /** Part of the calls that go this way, 0 to 1. */
  readonly share?: number;
}

/** A cluster of the picture. */
export interface PicturedCluster {
  readonly name: string;
  readonly network: string;
  readonly role: string;
  readonly parts: readonly Part[];
}

/** What was seen and has no place in the picture: a remote secret for a cluster that is none of the mesh. */
export interface Stray extends Sight {
  readonly id: string;
  readonly says: string;
}

/** All that a picture shows. */
export interface PictureModel {
  /** Those of one network are neighbours. */
  readonly clusters: readonly PicturedCluster[];
  readonly ways: readonly Way[];
  readonly strays: readonly Stray[];
}
