/**
 * Images on their way into the nodes, cluster by cluster: from the moment that its API server answers. Its
 * containerd is there by then, kubeadm's minute is over, and its nodes get ready only some ten seconds later.
 */
import type { ClusterName } from '../../model/names.ts';
import { KIND_ROLE_LABEL, ownName } from './labels.ts';
import { nodeContainers } from './nodes.ts';
import type { RunContext } from './options.ts';
import { loadArchives, type PullOptions, pullImages } from './preload.ts';

/** Brings the archives' images and those that are pulled into the nodes of a run, once for each cluster. */
export class NodeImages {
  readonly #context: RunContext;
  readonly #images: Promise<readonly string[]>;
  readonly #privateRegistries: PullOptions['privateRegistries'];
  readonly #underWay = new Map<ClusterName, Promise<void>>();

  /** @param images - to be pulled, unless an archive has them; they may not be known yet */
  constructor(
    context: RunContext,
    images: Promise<readonly string[]>,
    privateRegistries: PullOptions['privateRegistries'],
  ) {
    this.#context = context;
    this.#images = images;
    this.#privateRegistries = privateRegistries;
  }

  /** Begins with a cluster; what goes wrong is told by `brought`. */
  begin(cluster: ClusterName): void {
    if (this.#underWay.has(cluster)) return;
    const work = this.#bring(cluster);
    work.catch(() => {});
    this.#underWay.set(cluster, work);
  }

  /** Waits until all are there. @throws HarnessError ERR_PLATFORM_NOT_READY */
  async brought(): Promise<void> {
    for (const { name } of this.#context.topology.clusters) this.begin(name);
    await Promise.all(this.#underWay.values());
  }

  async #bring(cluster: ClusterName): Promise<void> {
    const { engine, runId, signal, tell } = this.#context;
    await loadArchives(this.#context, cluster);
    const containers = await nodeContainers(engine, ownName(runId, cluster));
    const nodes = containers.map(({ name, labels }) => ({
      container: name,
      cluster,
      isControlPlane: labels[KIND_ROLE_LABEL] === 'control-plane',
    }));
    const images = await this.#images;
    await pullImages(engine, nodes, { images, privateRegistries: this.#privateRegistries, signal, tell });
  }
}
