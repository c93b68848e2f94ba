/** The operations of a resource: which paths it has, and what can be done at each of them. */
import type { ResourceType, Subresource } from '../registry/resources.ts';
import type { Definitions } from './definitions.ts';
import { type MediaTypes, mediaTypesOf } from './media-types.ts';
import { METHODS, type Operation } from './operation.ts';
import { operationId, tagOf } from './operation-names.ts';
import { pathParameters, pretty } from './parameters.ts';
import { type Said, Verbs } from './verbs.ts';

/** Makes the operations of one resource in one version, and the definitions that they need. */
export class ResourceOperations {
  readonly #type: ResourceType;
  readonly #version: string;
  readonly #verbs: Verbs;
  readonly #media: MediaTypes;
  readonly #made: Operation[] = [];

  constructor(type: ResourceType, version: string, definitions: Definitions, minor: number) {
    this.#type = type;
    this.#version = version;
    this.#verbs = new Verbs(type, version, definitions, minor);
    this.#media = mediaTypesOf(type.custom !== undefined);
  }

  make(): readonly Operation[] {
    const { verbs, namespaced, plural, subresources } = this.#type;
    const all = this.#at('', plural);
    const list = namespaced ? this.#at('namespaces/{namespace}/', plural) : all;
    const each = `${list}/{name}`;
    const may = (verb: string) => verbs.includes(verb);
    if (may('list')) {
      this.#add(list, this.#verbs.list());
      if (namespaced) this.#add(all, { ...this.#verbs.list(), suffix: 'ForAllNamespaces' });
    }
    if (may('create')) this.#add(list, this.#verbs.create());
    if (may('deletecollection')) this.#add(list, this.#verbs.deleteCollection());
    if (may('get')) this.#add(each, this.#verbs.read());
    if (may('update')) this.#add(each, this.#verbs.replace());
    if (may('patch')) this.#add(each, this.#verbs.patch());
    if (may('delete')) this.#add(each, this.#verbs.delete());
    if (may('watch') && !this.#type.custom) this.#watches(plural);
    const own = this.#type.custom?.subresources[this.#version];
    for (const sub of subresources) if (own?.includes(sub.name) ?? true) this.#subresource(sub, each);
    return this.#made;
  }

  #at(scope: string, rest: string): string {
    const { group } = this.#type;
    return `/${group === '' ? 'api' : `apis/${group}`}/${this.#version}/${scope}${rest}`;
  }

  #watches(plural: string): void {
    const { namespaced } = this.#type;
    const list = this.#verbs.watchList();
    const all = this.#at('watch/', plural);
    const own = namespaced ? this.#at('watch/namespaces/{namespace}/', plural) : all;
    this.#add(own, list);
    if (namespaced) this.#add(all, { ...list, suffix: 'ListForAllNamespaces' });
    if (this.#type.verbs.includes('get')) this.#add(`${own}/{name}`, this.#verbs.watchOne());
  }

  #subresource(sub: Subresource, each: string): void {
    const path = `${each}/${sub.name}`;
    if (sub.kind.endsWith('Options')) {
      this.#connections(sub, path);
      return;
    }
    if (sub.name === 'log') {
      this.#add(path, this.#verbs.log(), sub);
      return;
    }
    const definition = this.#verbs.definition(sub.kind, sub.group, sub.version);
    const may = (verb: string) => sub.verbs.includes(verb);
    if (may('get')) this.#add(path, this.#verbs.read(definition, sub.name), sub);
    if (may('update')) this.#add(path, this.#verbs.replace(definition, sub.name), sub);
    if (may('patch')) this.#add(path, this.#verbs.patch(definition, sub.name), sub);
    if (may('create')) this.#add(path, this.#verbs.create(definition, sub.name), sub);
  }

  /** Requests that are passed on: `exec` by GET and POST, `proxy` by all methods. */
  #connections(sub: Subresource, path: string): void {
    const isProxy = sub.name === 'proxy';
    for (const method of isProxy ? METHODS : (['get', 'post'] as const))
      this.#add(path, this.#verbs.connect(sub, method, ''), sub);
    if (!isProxy) return;
    for (const method of METHODS)
      this.#add(`${path}/{path}`, this.#verbs.connect(sub, method, 'WithPath'), sub);
  }

  #add(path: string, said: Said, sub?: Subresource): void {
    const { group, kind, namespaced } = this.#type;
    const version = this.#version;
    const { method, verb, action, text, suffix = '', body } = said;
    const isConnection = action === 'connect';
    const isCollection = action === 'deletecollection';
    const name = [
      isConnection ? large(method) : '',
      isCollection ? 'Collection' : '',
      namespaced && !suffix.endsWith('ForAllNamespaces') ? 'Namespaced' : '',
      kind,
      sub ? large(sub.name) : '',
      suffix,
    ].join('');
    const ofKind =
      sub && !this.#type.custom
        ? { group: sub.group ?? group, kind: sub.kind, version: sub.version ?? version }
        : { group, kind, version };
    this.#made.push({
      path,
      method,
      id: operationId(verb, group, version, name),
      tag: tagOf(group, version),
      description: text,
      action: { name: action, kind: ofKind },
      parameters: [
        ...pathParameters(path, ofKind.kind),
        ...(said.parameters ?? []),
        ...(isConnection ? [] : [pretty()]),
      ],
      consumes: said.consumes ?? this.#media.consumes,
      produces: said.produces ?? this.#media.produces,
      ...(body && { body }),
      responses: said.responses,
    });
  }
}

const large = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
