/** What the containers of one pod find around them: network, volumes, files and variables. */
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { ContainerFiles, Image } from '../../../program.ts';
import { referenceTo } from '../../client/event-recorder.ts';
import type { Container, Pod } from '../../client/kinds.ts';
import { createContainerFiles } from './container-files.ts';
import type { PodFacts } from './downward.ts';
import { environmentOf, type Lookup } from './environment.ts';
import type { PodContext } from './pod-context.ts';
import { PodVolumes } from './pod-volumes.ts';
import { volumeReferences } from './volumes.ts';

/** Owns what a pod has of its node, from the first mount until `release`. */
export class PodSurroundings {
  readonly #pod: () => Pod;
  readonly #context: PodContext;
  readonly #volumes: PodVolumes;
  #network: NetworkNamespace | undefined;
  #isReleased = false;

  /** @param pod - the pod as it is now */
  constructor(pod: () => Pod, context: PodContext) {
    this.#pod = pod;
    this.#context = context;
    const { clock, random, events, issueToken, volumes } = context;
    this.#volumes = new PodVolumes({
      clock,
      random,
      sources: {
        lookup: this.#lookup(),
        issueToken,
        now: () => clock.now(),
        claimed: name => volumes.filesOf(pod().metadata.namespace ?? '', name),
      },
      facts: () => this.#facts(),
      onFailure: message => events.record(referenceTo(pod(), 'Pod', 'v1'), 'Warning', 'FailedMount', message),
    });
  }

  /** The pod's place in the network; undefined before `addNetwork`. */
  get network(): NetworkNamespace | undefined {
    return this.#network;
  }

  get hostname(): string {
    const { spec, metadata } = this.#pod();
    return spec.hostname ?? metadata.name ?? '';
  }

  /** Mounts all volumes, trying until it succeeds. @throws the signal's reason */
  mount(signal: AbortSignal): Promise<void> {
    return this.#volumes.mount(this.#pod().spec.volumes ?? [], signal);
  }

  /** Makes the pod's sandbox, or takes the node's network for a pod that asks for it. */
  addNetwork(): NetworkNamespace {
    const { addSandbox, resolver, nodeNetwork } = this.#context;
    const { metadata, spec } = this.#pod();
    const { hostNetwork, dnsPolicy = 'ClusterFirst' } = spec;
    if (hostNetwork) {
      this.#network = nodeNetwork;
      return nodeNetwork;
    }
    const network = addSandbox(metadata.name ?? '');
    this.#network = network;
    // Unlike Kubernetes, `dnsConfig` and the policies None and Default leave a pod without a name server:
    // nodes have none.
    if (dnsPolicy === 'ClusterFirst' || dnsPolicy === 'ClusterFirstWithHostNet') {
      network.setResolver(resolver(metadata.namespace ?? ''));
    }
    // Downward API volumes may show the address, which is known only now.
    this.#volumes.refresh();
    return network;
  }

  /** Notes that labels or annotations have changed: volumes may show them. */
  podChanged(): void {
    this.#volumes.refreshSoon();
  }

  /** Notes that a ConfigMap or Secret of the pod's namespace has changed. */
  sourceChanged(kind: 'configmap' | 'secret', name: string): void {
    const { configMaps, secrets } = volumeReferences(this.#pod());
    if ((kind === 'configmap' ? configMaps : secrets).has(name)) this.#volumes.refreshSoon();
  }

  /** Returns a container's variables. @throws ContainerConfigError */
  variables(container: Container, image: Image): Record<string, string> {
    return environmentOf(this.#facts(), container, image.env, this.#lookup());
  }

  /** Makes a container's file system anew. */
  files(container: Container): ContainerFiles {
    return createContainerFiles(container, this.#volumes.mounted, {
      '/etc/hostname': `${this.hostname}\n`,
      '/etc/resolv.conf': this.#resolvConf(),
    });
  }

  /** Gives everything back to the node. Later calls do nothing. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#volumes.stop();
    if (this.#network !== this.#context.nodeNetwork) this.#network?.destroy();
  }

  #resolvConf(): string {
    const { nameserver, search, ndots } = this.#context.resolver(this.#pod().metadata.namespace ?? '');
    return `search ${search.join(' ')}\nnameserver ${nameserver}\noptions ndots:${ndots}\n`;
  }

  #facts(): PodFacts {
    return {
      pod: this.#pod(),
      podIP: this.#network?.address ?? '',
      hostIP: this.#context.nodeNetwork.address,
      allocatable: this.#context.allocatable,
    };
  }

  #lookup(): Lookup {
    const { client } = this.#context;
    const { namespace = '' } = this.#pod().metadata;
    return {
      configMap: name => client.get('configmaps', namespace, name),
      secret: name => client.get('secrets', namespace, name),
      services: () => {
        const api = namespace === 'default' ? undefined : client.get('services', 'default', 'kubernetes');
        return [...(api ? [api] : []), ...client.list('services', { namespace })];
      },
    };
  }
}
