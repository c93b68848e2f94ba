/** The two ConfigMaps that tell istiod about its mesh and its injector. */
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import type { ProcessContext } from '../../program.ts';
import type { Log } from '../log.ts';
import { meshTextTold } from '../registry/object-told.ts';
import { revised } from '../revision.ts';
import { type InjectorConfig, readInjectorConfig } from './injection/injector-config.ts';
import { type MeshConfig, readMeshConfig } from './model/mesh-config.ts';
import type { IstiodSettings } from './model/settings.ts';
import { Informer } from './watch/informer.ts';

type Data = Readonly<Record<string, string>>;

/** The client for the ConfigMaps, and the callback for their changes. */
export interface WatchedConfigMapsOptions {
  readonly context: ProcessContext;
  readonly settings: IstiodSettings;
  readonly client: () => KubernetesClient;
  readonly log: Log;
  /** Called for each version that can be read; without a ConfigMap, with the defaults. */
  readonly onMesh: (mesh: MeshConfig) => void;
}

/** Unlike Istio 1.8, which reads the files of its volumes, both releases watch the ConfigMaps themselves. */
export class WatchedConfigMaps {
  readonly #options: WatchedConfigMapsOptions;
  readonly #informer: Informer<Data>;
  readonly #meshMap: string;
  readonly #injectorMap: string;
  #injector: InjectorConfig | undefined;
  #isTold = false;

  constructor(options: WatchedConfigMapsOptions) {
    this.#options = options;
    const { context, settings, client, log } = options;
    // pilot/pkg/bootstrap/configcontroller.go, mesh.go (getMeshConfigMapName) @1.8.0, @1.30.3
    this.#meshMap = revised('istio', settings.revision);
    this.#injectorMap = revised('istio-sidecar-injector', settings.revision);
    this.#informer = new Informer({
      client,
      path: { apiVersion: 'v1', plural: 'configmaps', namespace: settings.namespace },
      clock: context.clock,
      random: context.random.stream('configmaps'),
      signal: context.signal,
      keep: ({ metadata, ...object }) =>
        metadata.name === this.#meshMap || metadata.name === this.#injectorMap
          ? ((object['data'] ?? {}) as Data) // texts, as the API server validated them
          : undefined,
      onChange: (key, data) => this.#take(key, data),
      kind: 'ConfigMap',
      onFailure: message => log.error(message),
    });
  }

  /** Resolves when both have been looked for; never rejects. */
  get synced(): Promise<void> {
    return this.#informer.synced;
  }

  /** Undefined as long as no readable one exists. */
  get injector(): InjectorConfig | undefined {
    return this.#injector;
  }

  #take(key: string, data: Data | undefined): void {
    try {
      if (key.endsWith(`/${this.#meshMap}`)) {
        this.#tell(key, data);
        this.#options.onMesh(readMeshConfig(data ?? {}));
      } else this.#takeInjector(data);
    } catch (error) {
      this.#options.log.error(`failed to read ConfigMap ${key}: ${messageOf(error)}`);
    }
  }

  /** Tells of settings that are not simulated. */
  #tell(key: string, data: Data | undefined): void {
    const { settings, log } = this.#options;
    for (const clause of meshTextTold(settings.behaviour.line, data?.['mesh'] ?? ''))
      log.warn(`ConfigMap ${key}: ${clause}`);
  }

  #takeInjector(data: Data | undefined): void {
    const { settings, log } = this.#options;
    this.#injector = data && readInjectorConfig(settings.behaviour, data);
    const replaced = this.#injector?.replaced ?? [];
    if (replaced.length === 0 || this.#isTold) return;
    this.#isTold = true;
    log.warn(
      `ConfigMap ${this.#injectorMap} has Go templates (${replaced.join(', ')}), which this simulated ` +
        `istiod cannot fill: it injects those of Istio ${settings.version}, with the values of the ConfigMap`,
    );
  }
}
