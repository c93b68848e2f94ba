import type { Clock } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace, ResolverConfig } from '../../../network/interfaces.ts';
import type { OnProcess } from '../../../program.ts';
import type { ClusterClient } from '../../client/cluster-client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Pod, PodSpec } from '../../client/kinds.ts';
import type { Component } from '../../client/supervisor.ts';
import type { PodFacts } from './downward.ts';
import type { ImagePuller } from './image-puller.ts';
import type { Refusal } from './node-room.ts';
import type { VolumeMemory } from './volume-memory.ts';
import type { IssueToken } from './volumes.ts';

/** What the kubelet of a node gives to each of its pods. */
export interface PodContext {
  /** The kubelet's frame: catches what the pod's work throws. */
  readonly component: Component;
  readonly client: ClusterClient;
  readonly clock: Clock;
  /** A stream of this pod's own. */
  readonly random: Random;
  readonly events: EventRecorder;
  readonly images: ImagePuller;
  readonly nodeNetwork: NetworkNamespace;
  readonly allocatable: PodFacts['allocatable'];
  /** The kubelet's: `v1.34.3`. */
  readonly version: string;
  /** Makes the pod's place in the network. */
  addSandbox(name: string): NetworkNamespace;
  /** Returns the settings of `/etc/resolv.conf` in pods of a namespace. */
  resolver(namespace: string): ResolverConfig;
  readonly issueToken: IssueToken;
  readonly volumes: VolumeMemory;
  readonly onProcess: OnProcess | undefined;
  /** Says why the node cannot give a pod what this spec wants. */
  refusal(pod: Pod, spec: PodSpec): Refusal | undefined;
  /** Called when the API has taken the pod away. */
  onGone(): void;
}
