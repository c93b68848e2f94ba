/** The files of persistent volumes: kept in memory until the volume is gone, whoever mounts it. */
import type { ClusterReader } from '../../client/cluster-client.ts';
import type { PersistentVolume } from '../../client/kinds.ts';
import { MountError } from './projections.ts';

/** The files of one volume, by relative path. */
export type VolumeFiles = Map<string, string>;

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

/** Tells whether a node of the simulator can have this volume: a folder of its own, not somebody's server. */
const isFolder = ({ spec }: PersistentVolume): boolean =>
  spec.hostPath !== undefined || spec.local !== undefined;

/** Finds the files of claims; all nodes of a cluster share it. */
export class VolumeMemory {
  readonly #client: ClusterReader;
  /** By the volume's uid. */
  readonly #files = new Map<string, VolumeFiles>();
  #stop: (() => void) | undefined;

  constructor(client: ClusterReader) {
    this.#client = client;
  }

  /**
   * Returns the files behind a claim.
   * @throws MountError if it has no volume yet, or one that is not simulated
   */
  filesOf(namespace: string, claimName: string): VolumeFiles {
    const claim = this.#client.get('persistentvolumeclaims', namespace, claimName);
    if (!claim) throw new MountError(`persistentvolumeclaim ${JSON.stringify(claimName)} not found`);
    const { volumeName = '' } = claim.spec;
    const volume = volumeName === '' ? undefined : this.#client.get('persistentvolumes', '', volumeName);
    if (!volume || claim.metadata.annotations?.[BIND_COMPLETED] === undefined)
      throw new MountError(
        `PersistentVolumeClaim is not bound: ${JSON.stringify(`${namespace}/${claimName}`)}`,
      );
    if (!isFolder(volume)) {
      const what = `MountVolume.SetUp failed for volume ${JSON.stringify(volumeName)}`;
      throw new MountError(`${what} : volumes of this type are not simulated`);
    }
    const { uid = '' } = volume.metadata;
    const known = this.#files.get(uid);
    if (known) return known;
    const files: VolumeFiles = new Map();
    this.#files.set(uid, files);
    this.#forgetLater();
    return files;
  }

  /** Follows volumes from the first one on that has been mounted. */
  #forgetLater(): void {
    this.#stop ??= this.#client.watch('persistentvolumes', {}, ({ type, object }) => {
      if (type === 'DELETED') this.#files.delete(object.metadata.uid ?? '');
    });
  }

  stop(): void {
    this.#stop?.();
    this.#files.clear();
  }
}
