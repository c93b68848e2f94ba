/**
 * Writes of custom resources that a webhook converts: clients work in their version, the store has its own
 * (apiextensions-apiserver pkg/apiserver/conversion/converter.go @v1.34).
 */
import { convert } from './conversion.ts';
import { type Converter, needsConversion, rememberVersion } from './converted.ts';
import { freeze, type KubernetesObject } from './json.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { ResourceType } from './resources.ts';
import type { Store } from './store.ts';
import type { WriteContext } from './write-context.ts';

/** An update: what lies in the store, how the client sees it, and what it is to become. */
interface Update {
  readonly stored: KubernetesObject;
  readonly current: KubernetesObject;
  readonly admitted: KubernetesObject;
}

/** The last step of such writes. */
export class ConvertedWrites {
  readonly #store: Store;
  readonly #writer: ObjectWriter;
  readonly #converter: Converter | undefined;

  constructor(store: Store, writer: ObjectWriter, converter: Converter | undefined) {
    this.#store = store;
    this.#writer = writer;
    this.#converter = converter;
  }

  /**
   * Asks for all objects that are not known in the version, one after another.
   * @returns undefined if all are
   */
  prepare(
    type: ResourceType,
    version: string,
    objects: readonly KubernetesObject[],
  ): Promise<void> | undefined {
    const missing = objects.filter(object => needsConversion(type, version, object));
    return missing.length === 0 ? undefined : this.#askForAll(type, version, missing);
  }

  async #askForAll(type: ResourceType, version: string, objects: readonly KubernetesObject[]): Promise<void> {
    for (const object of objects)
      rememberVersion(version, object, freeze(await this.#ask(type, version, object)));
  }

  #ask(type: ResourceType, version: string, object: KubernetesObject): Promise<KubernetesObject> {
    if (!this.#converter) throw new Error(`nobody converts ${type.kind}`);
    return this.#converter(type, version, object);
  }

  /** Stores a new object. @throws ApiError 409 if its name is taken, 500 if the webhook fails */
  async insert(
    type: ResourceType,
    object: KubernetesObject,
    context: WriteContext,
  ): Promise<KubernetesObject> {
    this.#writer.finishNew(type, object, context);
    if (context.dryRun) return object;
    const stored = await this.#toStored(type, object);
    const written = this.#writer.insert(type, stored, { ...context, own: () => {} });
    await this.prepare(type, context.version, [written]);
    return written;
  }

  /** Stores the new state of an object. @returns undefined if someone else has written meanwhile */
  async replace(
    type: ResourceType,
    { stored, current, admitted }: Update,
    context: WriteContext,
  ): Promise<KubernetesObject | undefined> {
    const finished = this.#writer.finish(type, current, admitted, context);
    if (finished === current || context.dryRun) return finished;
    const converted = await this.#toStored(type, finished);
    const { namespace, name = '' } = stored.metadata;
    if (this.#store.get(type, namespace, name) !== stored) return undefined;
    const written = this.#writer.write(type, converted);
    await this.prepare(type, context.version, [written]);
    return written;
  }

  async #toStored(type: ResourceType, object: KubernetesObject): Promise<KubernetesObject> {
    const version = type.custom?.storageVersion ?? '';
    if (!needsConversion(type, version, object)) return object;
    return { ...convert(type, version, await this.#ask(type, version, object)) };
  }
}
