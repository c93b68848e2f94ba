/** The plug-ins between a request and the store: in their order, each may change or refuse it. */
import type { KubernetesObject } from './json.ts';
import { keyOf, type ResourceKey, type ResourceType } from './resources.ts';
import type { UserInfo } from './user.ts';

/** A write as the plug-ins see it (admission.k8s.io/v1 AdmissionRequest). */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly type: ResourceType;
  /** The version in which the request was made. */
  readonly version: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Undefined for DELETE. */
  readonly object: KubernetesObject | undefined;
  /** The stored state; undefined for CREATE. */
  readonly oldObject: KubernetesObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** The options of the request, as `AdmissionRequest.options` has them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Tells the client something without refusing. */
  warn(text: string): void;
}

/** A link of the chain. Both methods throw ApiError to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  /** The resources that it concerns; absent: all. */
  readonly about?: readonly ResourceKey[];
  /** Tells whether the plug-in concerns a request. It is cheap, so that most requests need not wait. */
  handles(request: AdmissionRequest): boolean;
  /**
   * Changes the object of a request.
   * @returns the object to go on with
   */
  mutate?(request: AdmissionRequest): Promise<KubernetesObject> | KubernetesObject;
  validate?(request: AdmissionRequest): Promise<void> | void;
}

/** The plug-ins in their order: all that mutate before any that validates. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #byType = new WeakMap<ResourceType, readonly AdmissionPlugin[]>();

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  /** Returns those that concern a type. */
  #of(type: ResourceType): readonly AdmissionPlugin[] {
    const known = this.#byType.get(type);
    if (known) return known;
    const key = keyOf(type);
    const plugins = this.#plugins.filter(({ about }) => about === undefined || about.includes(key));
    this.#byType.set(type, plugins);
    return plugins;
  }

  /** Runs the mutating plug-ins. @param settle - puts an object in order after a plug-in: defaults */
  async mutate(
    request: AdmissionRequest,
    settle: (object: KubernetesObject) => KubernetesObject,
  ): Promise<KubernetesObject | undefined> {
    let current = request;
    for (const plugin of this.#of(request.type)) {
      if (!plugin.mutate || !plugin.handles(current)) continue;
      const object = await plugin.mutate(current);
      if (object !== current.object) current = { ...current, object: settle(object) };
    }
    return current.object;
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#of(request.type)) {
      if (plugin.validate && plugin.handles(request)) await plugin.validate(request);
    }
  }
}
