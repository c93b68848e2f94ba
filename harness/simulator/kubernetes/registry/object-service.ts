/**
 * Creating, changing and deleting objects: the rules between a request and the store, for remote and local
 * clients alike.
 */
import type { Clock } from '../../../base/clock.ts';
import type { AdmissionChain, AdmissionRequest } from './admission.ts';
import { requestOf } from './admission-request.ts';
import { convert } from './conversion.ts';
import type { Converter } from './converted.ts';
import { ConvertedWrites } from './converted-writes.ts';
import type { DeleteOptions, Deletion } from './deletion.ts';
import { withDefaultPolicy } from './deletion-policy.ts';
import { type Birthplace, identify } from './identity.ts';
import { copy, type KubernetesObject } from './json.ts';
import { completeNew } from './kind-rules.ts';
import { type Change, checkedChange, prepareCreate, prepareUpdate, settle } from './new-state.ts';
import { ObjectWriter } from './object-writer.ts';
import type { ResourceRegistry } from './registry.ts';
import type { ResourceType } from './resources.ts';
import type { ServiceAddresses } from './service-addresses.ts';
import { ApiError, conflict, notFound } from './status.ts';
import type { Store } from './store.ts';
import { refuseInvalid, type Validator } from './validator.ts';
import { controlPlaneContext, type WriteContext } from './write-context.ts';

/** How Go writes zero values (schema/zero-values.ts). `minor` is of Kubernetes, 34 for 1.34. */
interface ZeroValues {
  asGoWrites(object: KubernetesObject, type: ResourceType, minor: number): KubernetesObject;
  fillAbsent(object: KubernetesObject, type: ResourceType, minor: number): void;
}

/** The parts that the service joins. */
interface ObjectServiceOptions extends Birthplace {
  readonly registry: ResourceRegistry;
  readonly addresses: ServiceAddresses;
  readonly admission: AdmissionChain;
  readonly zeroValues: ZeroValues;
  readonly validate: Validator;
  /** Asks the webhooks of definitions. */
  readonly converter?: Converter | undefined;
}

const MAX_CONFLICT_RETRIES = 5;

/** What whoever creates an object of a kind is told that has no effect. */
const INERT = (kind: string): string => `mesh-harness stores this ${kind}, and nothing acts on it`;

/** The rules between a request and the store. */
export class ObjectService {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly #birth: Birthplace;
  readonly #writer: ObjectWriter;
  readonly #admission: AdmissionChain;
  readonly #validate: Validator;
  readonly #zeroValues: ZeroValues;
  readonly #converted: ConvertedWrites;

  constructor(options: ObjectServiceOptions) {
    this.store = options.store;
    this.registry = options.registry;
    this.clock = options.clock;
    this.#birth = options;
    this.#writer = new ObjectWriter(options);
    this.#admission = options.admission;
    this.#validate = options.validate;
    this.#zeroValues = options.zeroValues;
    this.#converted = new ConvertedWrites(options.store, this.#writer, options.converter);
  }

  /** @throws ApiError 404 */
  get(type: ResourceType, namespace: string | undefined, name: string): KubernetesObject {
    const object = this.store.get(type, namespace, name);
    if (!object) throw notFound(type, name);
    return object;
  }

  /**
   * Creates with admission and validation, as a request does.
   * @param object - is the caller's own; it is changed
   */
  async create(
    type: ResourceType,
    namespace: string,
    object: KubernetesObject,
    context: WriteContext,
  ): Promise<KubernetesObject> {
    const { resourceVersion = '' } = object.metadata;
    const { minor } = this.registry;
    const prepared = prepareCreate(type, namespace, this.#zeroValues.asGoWrites(object, type, minor));
    const request = requestOf({ operation: 'CREATE', type, namespace, object: prepared }, context);
    // Mutating webhooks see the object before it has its generated name and its uid, validating ones after.
    const admitted = await this.#mutated(request, prepared);
    identify(type, namespace, admitted, this.#birth);
    completeNew(type, admitted, context.user);
    this.#zeroValues.fillAbsent(admitted, type, minor);
    if (type.isInert) context.warn(INERT(type.kind));
    this.#writer.allocate(type, admitted, undefined, context);
    try {
      refuseInvalid(this.#validate, type, admitted, undefined, context);
      await this.#admission.validate({ ...request, name: admitted.metadata.name ?? '', object: admitted });
      // The storage refuses it, which a dry run does not reach (etcd3/store.go @v1.34, Create).
      if (resourceVersion !== '' && !context.dryRun)
        throw new ApiError(500, undefined, 'resourceVersion should not be set on objects to be created');
      return type.custom?.conversion
        ? await this.#converted.insert(type, admitted, context)
        : this.#writer.insert(type, admitted, context);
    } catch (error) {
      if (!context.dryRun) this.#writer.release(type, admitted);
      throw error;
    }
  }

  /** Creates without admission and validation, at once. @throws ApiError 409 */
  createDirectly(type: ResourceType, namespace: string, object: KubernetesObject): KubernetesObject {
    const context = controlPlaneContext(type);
    const status = object['status'];
    const prepared = prepareCreate(type, namespace, object);
    identify(type, namespace, prepared, this.#birth);
    completeNew(type, prepared, context.user);
    // The cluster's own components know what they do: bootstrap objects come with their status.
    if (type.hasStatus && status !== undefined) prepared['status'] = copy(status);
    this.#writer.allocate(type, prepared, undefined, context);
    return this.#writer.insert(type, prepared, context);
  }

  /**
   * Changes an object with admission and validation; repeated if someone else wrote meanwhile and the change
   * does not insist on a version.
   */
  async update(
    type: ResourceType,
    namespace: string,
    name: string,
    change: Change,
    context: WriteContext,
  ): Promise<KubernetesObject> {
    const { minor } = this.registry;
    const written: Change = (draft, current) =>
      this.#zeroValues.asGoWrites(change(draft, current), type, minor);
    for (let attempt = 0; ; attempt++) {
      const stored = this.get(type, namespace, name);
      // Defaults that came after it was written count as its own.
      if (type.custom?.conversion) await this.prepareToShow(type, context.version, [stored]);
      const current = type.custom ? convert(type, context.version, stored) : stored;
      const updated = prepareUpdate(type, current, checkedChange(type, written, context), context);
      const request = requestOf(
        { operation: 'UPDATE', type, namespace, object: updated, oldObject: current },
        context,
      );
      const admitted = await this.#mutated(request, updated);
      this.#writer.allocate(type, admitted, current, context);
      refuseInvalid(this.#validate, type, admitted, current, context);
      await this.#admission.validate({ ...request, object: admitted });
      if (this.store.get(type, namespace, name) !== stored) {
        // A change that insists on a version fails when it is computed again.
        if (attempt >= MAX_CONFLICT_RETRIES) throw conflict(type, name);
        continue;
      }
      if (!type.custom?.conversion) return this.#writer.replace(type, current, admitted, context);
      const replaced = await this.#converted.replace(type, { stored, current, admitted }, context);
      if (replaced) return replaced;
    }
  }

  /**
   * Has objects converted for clients of a version, where that takes a webhook.
   * @returns undefined if nothing is to be done
   * @throws ApiError 500 if the webhook fails
   */
  prepareToShow(
    type: ResourceType,
    version: string,
    objects: readonly KubernetesObject[],
  ): Promise<void> | undefined {
    return type.custom?.conversion && this.#converted.prepare(type, version, objects);
  }

  /** Changes an object without admission and validation, at once. */
  updateDirectly(
    type: ResourceType,
    namespace: string,
    name: string,
    change: Change,
    subresource = '',
  ): KubernetesObject {
    const current = this.get(type, namespace, name);
    const context = controlPlaneContext(type, subresource);
    const updated = prepareUpdate(type, current, change, context);
    this.#writer.allocate(type, updated, current, context);
    return this.#writer.replace(type, current, updated, context);
  }

  async delete(
    type: ResourceType,
    namespace: string,
    name: string,
    options: DeleteOptions,
    context: WriteContext,
  ): Promise<Deletion> {
    const current = this.get(type, namespace, name);
    await this.prepareToShow(type, context.version, [current]);
    const request = requestOf({ operation: 'DELETE', type, namespace, oldObject: current }, context);
    await this.#admission.validate(request);
    const found = this.get(type, namespace, name);
    const policy = withDefaultPolicy(type, found, options, context);
    const deletion = this.#writer.delete(type, found, policy, context);
    await this.prepareToShow(type, context.version, [deletion.object]);
    return deletion;
  }

  /** @throws ApiError 404, 409 */
  deleteDirectly(type: ResourceType, namespace: string, name: string, options: DeleteOptions = {}): Deletion {
    const current = this.get(type, namespace, name);
    return this.#writer.delete(type, current, options, controlPlaneContext(type));
  }

  /** Lets admission change the object of a write. @returns what may be written to: no frozen object */
  async #mutated(request: AdmissionRequest, object: KubernetesObject): Promise<KubernetesObject> {
    const settled = (changed: KubernetesObject) => settle(request.type, changed);
    const mutated = (await this.#admission.mutate(request, settled)) ?? object;
    return Object.isFrozen(mutated) ? copy(mutated) : mutated;
  }
}
