/**
 * What the containers of a pod have been given, and what becomes of a wish for more or less
 * (pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go @v1.34).
 */
import type { Clock } from '../../../../base/clock.ts';
import { type Condition, type Container, type Pod, type PodSpec, timestamp } from '../../client/kinds.ts';
import { equal } from '../../registry/json.ts';
import type { Refusal } from './node-room.ts';

type Resources = NonNullable<Container['resources']>;

/** The runtime is asked for the new state of its containers once a second (genericPlegRelistPeriod). */
export const RELIST_MS = 1000;

/** What a resize has to do with. */
export interface ResizeHost {
  readonly clock: Clock;
  /** Says why the node cannot give the pod what its spec wants. */
  refusal(spec: PodSpec): Refusal | undefined;
  /** Restarts a container that cannot change while it runs. */
  restart(container: Container): void;
  /** Calls when the runtime has done its work. */
  later(work: () => void): void;
  /** Tells that all containers have what they were given. @param message - with their resources */
  completed(message: string): void;
  onChange(): void;
}

const containersOf = ({ initContainers = [], containers }: PodSpec): readonly Container[] => [
  ...initContainers,
  ...containers,
];

const byName = (spec: PodSpec): ReadonlyMap<string, Resources> =>
  new Map(containersOf(spec).map(({ name, resources = {} }) => [name, resources]));

/** Keeps account of one pod's resources. */
export class PodResize {
  readonly #host: ResizeHost;
  /** The newest spec whose wish the node has granted. */
  #allocated: PodSpec;
  /** What running containers have. */
  #actual: ReadonlyMap<string, Resources>;
  #pending: Condition | undefined;
  #inProgress: Condition | undefined;

  constructor(spec: PodSpec, host: ResizeHost) {
    this.#host = host;
    this.#allocated = spec;
    this.#actual = byName(spec);
  }

  /** What the node has set aside for the pod. */
  get allocated(): PodSpec {
    return this.#allocated;
  }

  /** The wish is not granted, but may be later. */
  get isDeferred(): boolean {
    return this.#pending?.reason === 'Deferred';
  }

  /** PodResizePending and PodResizeInProgress, as far as they hold. */
  get conditions(): readonly Condition[] {
    return [this.#pending, this.#inProgress].filter(condition => condition !== undefined);
  }

  /** Returns what the status says of a container that exists. */
  resourcesOf({ name }: Container): { readonly resources: Resources; readonly allocatedResources?: object } {
    const given = containersOf(this.#allocated).find(container => container.name === name)?.resources ?? {};
    return {
      resources: this.#actual.get(name) ?? given,
      ...(given.requests && { allocatedResources: given.requests }),
    };
  }

  /** Looks at what the pod wants now. */
  wants({ spec, metadata: { generation } }: Pod): void {
    const wanted = byName(spec);
    if ([...byName(this.#allocated)].every(([name, resources]) => equal(resources, wanted.get(name)))) {
      if (!this.#pending) return;
      this.#pending = undefined;
      this.#host.onChange();
      return;
    }
    const refusal = this.#host.refusal(spec);
    if (refusal) {
      this.#pending = this.#condition('PodResizePending', refusal, generation, this.#pending);
      this.#host.onChange();
      return;
    }
    this.#pending = undefined;
    this.#allocated = spec;
    this.#inProgress = this.#condition('PodResizeInProgress', {}, generation);
    this.#host.onChange();
    this.#host.later(() => this.#actuate(spec));
  }

  #actuate(spec: PodSpec): void {
    if (this.#allocated !== spec) return; // a newer wish was granted
    const given = byName(spec);
    for (const container of containersOf(spec))
      if (needsRestart(container, this.#actual.get(container.name) ?? {})) this.#host.restart(container);
    this.#actual = given;
    this.#inProgress = undefined;
    const summary = (containers: readonly Container[] = []) =>
      containers.map(({ name, resources = {} }) => ({ name, resources }));
    const [initContainers, containers] = [summary(spec.initContainers), summary(spec.containers)];
    const text = JSON.stringify({ ...(initContainers.length > 0 && { initContainers }), containers });
    this.#host.completed(`Pod resize completed: ${text}`);
    this.#host.onChange();
  }

  /** pkg/kubelet/status/status_manager.go, updatedPodResizeCondition. */
  #condition(
    type: string,
    { reason, message }: Partial<Refusal>,
    observedGeneration: number | undefined,
    before?: Condition,
  ): Condition {
    const now = timestamp(this.#host.clock.now());
    return {
      type,
      status: 'True',
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
      ...(observedGeneration !== undefined && { observedGeneration }),
      lastProbeTime: now,
      lastTransitionTime: before?.reason === reason ? (before?.lastTransitionTime ?? now) : now,
    };
  }
}

/** Tells whether a resource has changed whose policy is to restart the container. */
function needsRestart({ resources = {}, resizePolicy = [] }: Container, before: Resources): boolean {
  return resizePolicy.some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (resources.requests?.[resourceName] !== before.requests?.[resourceName] ||
        resources.limits?.[resourceName] !== before.limits?.[resourceName]),
  );
}
