/**
 * From the names that people use (`deploy`, `services`, `Gateway`) to the resources of one cluster's API:
 * what kubectl calls the REST mapper.
 */
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import { isNotFound } from '../../../base/kubernetes-client.ts';
import { BUILT_IN, BUILT_IN_GROUP_VERSIONS, groupOf, type Resource } from './resources.ts';

interface ApiResource {
  readonly name: string;
  readonly singularName?: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
}

/**
 * The resources of one cluster. Those that are compiled in cost no request. The mapper asks for custom ones
 * when somebody first names one.
 */
export class ResourceMapper {
  readonly #client: KubernetesClient;
  readonly #signal: AbortSignal;
  readonly #discovered = new Map<string, readonly Resource[]>();

  constructor(client: KubernetesClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** Finds a kind. @returns undefined if the server has no such kind in that version */
  async ofKind(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const builtIn = BUILT_IN.find(resource => resource.apiVersion === apiVersion && resource.kind === kind);
    if (builtIn) return builtIn;
    const ofThatKind = (resource: Resource) => resource.kind === kind;
    const known = this.#discovered.get(apiVersion)?.find(ofThatKind);
    if (known) return known;
    // The server may have established a definition since we last asked for the group.
    this.#discovered.delete(apiVersion);
    return (await this.#resourcesOf(apiVersion)).find(ofThatKind);
  }

  /** @param name - plural, singular, short name or kind, perhaps with `.group` or `.version.group` */
  async ofName(name: string): Promise<Resource | undefined> {
    const [word = '', ...rest] = name.toLowerCase().split('.');
    const group = rest.join('.');
    const matches = (resource: Resource) =>
      (resource.plural === word || resource.singular === word || resource.shortNames.includes(word)) &&
      (group === '' ||
        resource.group === group ||
        group === `${versionOf(resource.apiVersion)}.${resource.group}` ||
        (resource.group !== '' && resource.group.startsWith(`${group}.`)));
    const builtIn = BUILT_IN.find(matches);
    if (builtIn) return builtIn;
    for (const apiVersion of await this.#customGroupVersions()) {
      const found = (await this.#resourcesOf(apiVersion)).find(matches);
      if (found) return found;
    }
    return undefined;
  }

  async #resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const known = this.#discovered.get(apiVersion);
    if (known) return known;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let list: { resources?: readonly ApiResource[] };
    try {
      // An APIResourceList.
      list = (await this.#client.request('GET', root, { signal: this.#signal })) as typeof list;
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
    const resources = (list.resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(
        ({ name, singularName, kind, namespaced, shortNames }): Resource => ({
          group: groupOf(apiVersion),
          apiVersion,
          kind,
          plural: name,
          singular: singularName || kind.toLowerCase(),
          shortNames: shortNames ?? [],
          namespaced,
          builtIn: BUILT_IN_GROUP_VERSIONS.has(apiVersion),
        }),
      );
    this.#discovered.set(apiVersion, resources);
    return resources;
  }

  /** Preferred versions of the groups that are not compiled in, in the server's order. */
  async #customGroupVersions(): Promise<readonly string[]> {
    const groups = (await this.#client.request('GET', '/apis', { signal: this.#signal })) as {
      groups?: readonly { readonly preferredVersion?: { readonly groupVersion: string } }[];
    }; // an APIGroupList
    return (groups.groups ?? [])
      .map(group => group.preferredVersion?.groupVersion ?? '')
      .filter(version => version !== '' && !BUILT_IN_GROUP_VERSIONS.has(version));
  }
}

const versionOf = (apiVersion: string) => apiVersion.slice(apiVersion.indexOf('/') + 1);
