/** Which namespaces of a cluster istiod looks at: those that the mesh's `discoverySelectors` select. */

import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { fitsLabels, type LabelSelector } from '../../../../base/labels.ts';

import { Informer, type InformerOptions } from './informer.ts';

type Labels = Readonly<Record<string, string>>;

/** How to watch the cluster, and whom to tell of another selection. */
interface DiscoveryNamespacesOptions
  extends Pick<InformerOptions<Labels>, 'client' | 'clock' | 'random' | 'signal' | 'onFailure'> {
  readonly onChange: () => void;
}

/**
 * pkg/kube/namespace/filter.go @1.30.3. Namespaces are watched only once there are selectors. Until they are
 * known, what was selected before goes on to be.
 */
export class DiscoveryNamespaces {
  readonly #options: DiscoveryNamespacesOptions;
  #selectors: readonly LabelSelector[] = [];
  #informer: Informer<Labels> | undefined;
  /** Undefined: all. */
  #selected: ReadonlySet<string> | undefined;

  constructor(options: DiscoveryNamespacesOptions) {
    this.#options = options;
  }

  /** Takes the mesh's selectors; resolves when it is known what they select, and never rejects. */
  async select(selectors: readonly LabelSelector[]): Promise<void> {
    this.#selectors = selectors;
    if (selectors.length > 0 && !this.#informer) {
      const { onChange: _, ...options } = this.#options;
      this.#informer = new Informer<Labels>({
        ...options,
        path: { apiVersion: 'v1', plural: 'namespaces' },
        kind: 'Namespace',
        keep: ({ metadata }: KubernetesObject) => metadata.labels ?? {},
        onChange: () => {
          if (this.#informer?.hasSynced) this.#update();
        },
      });
    }
    await this.#informer?.synced;
    this.#update();
  }

  /** Tells whether istiod looks at a namespace. */
  selects(namespace: string): boolean {
    return this.#selected?.has(namespace) ?? true;
  }

  #update(): void {
    const before = this.#selected;
    this.#selected = this.#selectors.length === 0 ? undefined : new Set(this.#selectedNow());
    const isSame =
      before?.size === this.#selected?.size &&
      [...(before ?? [])].every(namespace => this.#selected?.has(namespace));
    if (!isSame) this.#options.onChange();
  }

  *#selectedNow(): Iterable<string> {
    for (const namespace of this.#informer?.keys() ?? []) {
      const labels = this.#informer?.get(namespace) ?? {};
      if (this.#selectors.some(selector => fitsLabels(selector, labels))) yield namespace;
    }
  }
}
