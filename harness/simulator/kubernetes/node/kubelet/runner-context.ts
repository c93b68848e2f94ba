import type { Clock } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { ContainerFiles, Image, ProcessNote } from '../../../program.ts';
import type { Container, ContainerStatus } from '../../client/kinds.ts';
import type { ImagePuller } from './image-puller.ts';

/** What a pod gives to each of its containers. */
export interface RunnerContext {
  /** Runs what nobody awaits, and tells what it throws. */
  start(work: () => Promise<void>): void;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: ImagePuller;
  readonly nodeNetwork: NetworkNamespace;
  readonly podNetwork: NetworkNamespace;
  readonly hostname: string;
  /** `name_namespace(uid)`, as messages name the pod. */
  readonly podLabel: string;
  /** The uid of containers that name none; undefined: the image's. */
  readonly defaultUser: number | undefined;
  readonly gracePeriodSeconds: number;
  /** The kubelet's: `v1.34.3`. */
  readonly version: string;
  /** @throws ContainerConfigError */
  environment(container: Container, image: Image): Record<string, string>;
  files(container: Container): ContainerFiles;
  /** Returns what its status says of a container's resources. */
  resources(container: Container): Pick<ContainerStatus, 'resources' | 'allocatedResources'>;
  event(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Gets what the container's main process shows. */
  readonly onNote: ((container: string, note: ProcessNote) => void) | undefined;
  /** Called when the container's status has changed. */
  onChange(): void;
}
