/**
 * The operations of a resource, as the API installer registers them (apiserver pkg/endpoints/installer.go
 * @v1.34), and those of a custom one, which are registered for the documents alone (apiextensions-apiserver
 * pkg/controller/openapi/builder/builder.go @v1.34).
 */
import { isAnsweredWithObject } from '../registry/deleted-objects.ts';
import { apiVersionOf, type ResourceType, type Subresource } from '../registry/resources.ts';
import { messageFor } from '../registry/schema/messages.ts';
import { customDefinitionName, definitionName } from './definition-names.ts';
import type { Definitions } from './definitions.ts';
import type { Method, Operation, Parameter } from './operation.ts';
import { operationId, tagOf } from './operation-names.ts';
import { optionParameters, pathParameters, pretty } from './parameters.ts';

/** The media types of a kind of resources. */
interface MediaTypes {
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  /** Of answers that may be watches. */
  readonly streams: readonly string[];
  readonly patches: readonly string[];
}

const PATCHES = ['application/json-patch+json', 'application/merge-patch+json'];
const APPLY = 'application/apply-patch+yaml';
const TEXTS = ['application/json', 'application/yaml'];
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ANYTHING = ['*/*'];

const BUILT_IN: MediaTypes = {
  consumes: ANYTHING,
  produces: [...TEXTS, PROTOBUF],
  streams: ['application/json;stream=watch', `${PROTOBUF};stream=watch`],
  patches: [...PATCHES, 'application/strategic-merge-patch+json', APPLY],
};
const CUSTOM: MediaTypes = { consumes: TEXTS, produces: TEXTS, streams: [], patches: [...PATCHES, APPLY] };

const STATUS = 'meta/v1.Status';

const IN_A_LIST = "deprecated: use the 'watch' parameter with a list operation";
const FILTERED = "filtered to a single item with the 'fieldSelector' parameter";

/** What an operation says of itself beside its resource. */
interface Said {
  readonly method: Method;
  /** With which its name begins. */
  readonly verb: string;
  readonly action: string;
  readonly text: string;
  /** Behind the kind in its name. */
  readonly suffix?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: Operation['body'];
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
  readonly responses: Operation['responses'];
}

/** `a Pod`, `an Ingress`, and nothing before a plural like Endpoints (GetArticleForNoun). */
export const withArticle = (kind: string): string =>
  /[^s]s$/.test(kind) ? kind : `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;

/** Makes the operations of one resource in one version, and the definitions that they need. */
export class ResourceOperations {
  readonly #type: ResourceType;
  readonly #version: string;
  readonly #definitions: Definitions;
  readonly #minor: number;
  readonly #media: MediaTypes;
  readonly #made: Operation[] = [];

  constructor(type: ResourceType, version: string, definitions: Definitions, minor: number) {
    this.#type = type;
    this.#version = version;
    this.#definitions = definitions;
    this.#minor = minor;
    this.#media = type.custom ? CUSTOM : BUILT_IN;
  }

  make(): readonly Operation[] {
    const { verbs, namespaced, plural, subresources } = this.#type;
    const all = this.#at('', plural);
    const list = namespaced ? this.#at('namespaces/{namespace}/', plural) : all;
    const each = `${list}/{name}`;
    const may = (verb: string) => verbs.includes(verb);
    if (may('list')) {
      this.#add(list, this.#list());
      if (namespaced) this.#add(all, { ...this.#list(), suffix: 'ForAllNamespaces' });
    }
    if (may('create')) this.#add(list, this.#create());
    if (may('deletecollection')) this.#add(list, this.#deleteCollection());
    if (may('get')) this.#add(each, this.#read());
    if (may('update')) this.#add(each, this.#replace());
    if (may('patch')) this.#add(each, this.#patch());
    if (may('delete')) this.#add(each, this.#delete());
    if (may('watch') && !this.#type.custom) this.#watches(plural);
    const own = this.#type.custom?.subresources[this.#version];
    for (const sub of subresources) if (own?.includes(sub.name) ?? true) this.#subresource(sub, each);
    return this.#made;
  }

  #at(scope: string, rest: string): string {
    const { group } = this.#type;
    return `/${group === '' ? 'api' : `apis/${group}`}/${this.#version}/${scope}${rest}`;
  }

  /** Returns the definition of a kind, which is then in the document. */
  #definition(kind: string, group = this.#type.group, version = this.#version): string {
    const { custom, group: own } = this.#type;
    if (custom && group === own) return customDefinitionName(group, version, kind);
    return this.#builtIn(messageFor(apiVersionOf(group, version), kind));
  }

  #builtIn(message: string): string {
    this.#definitions.refTo(message);
    return definitionName(message);
  }

  #options(kind: string, without?: readonly string[]): Parameter[] {
    return optionParameters(`meta/v1.${kind}`, this.#minor, without);
  }

  #list(): Said {
    const { kind, listKind, verbs } = this.#type;
    const isWatched = verbs.includes('watch');
    return {
      method: 'get',
      verb: 'list',
      action: 'list',
      text: `list ${isWatched && !this.#type.custom ? 'or watch ' : ''}objects of kind ${kind}`,
      parameters: this.#options('ListOptions'),
      produces: isWatched ? [...this.#media.produces, ...this.#media.streams] : this.#media.produces,
      responses: { 200: this.#definition(listKind) },
    };
  }

  #create(definition = this.#definition(this.#type.kind), what = ''): Said {
    return {
      method: 'post',
      verb: 'create',
      action: 'post',
      text: `create ${what === '' ? '' : `${what} of `}${withArticle(this.#type.kind)}`,
      parameters: this.#options('CreateOptions'),
      body: { definition, required: true },
      responses: { 200: definition, 201: definition, 202: definition },
    };
  }

  #deleteCollection(): Said {
    return {
      method: 'delete',
      verb: 'delete',
      action: 'deletecollection',
      text: `delete collection of ${this.#type.kind}`,
      ...(this.#type.custom
        ? { parameters: this.#options('ListOptions') }
        : {
            parameters: [
              ...this.#options('DeleteOptions'),
              ...this.#options('ListOptions', ['watch', 'allowWatchBookmarks']),
            ],
            body: { definition: this.#builtIn('meta/v1.DeleteOptions'), required: false },
          }),
      responses: { 200: this.#builtIn(STATUS) },
    };
  }

  #read(definition = this.#definition(this.#type.kind), what = ''): Said {
    return {
      method: 'get',
      verb: 'read',
      action: 'get',
      text: `read ${what === '' ? '' : `${what} of `}the specified ${this.#type.kind}`,
      parameters: this.#type.custom ? this.#options('GetOptions') : [],
      responses: { 200: definition },
    };
  }

  #replace(definition = this.#definition(this.#type.kind), what = ''): Said {
    return {
      method: 'put',
      verb: 'replace',
      action: 'put',
      text: `replace ${what === '' ? '' : `${what} of `}the specified ${this.#type.kind}`,
      parameters: this.#options('UpdateOptions'),
      body: { definition, required: true },
      responses: { 200: definition, 201: definition },
    };
  }

  #patch(definition = this.#definition(this.#type.kind), what = ''): Said {
    return {
      method: 'patch',
      verb: 'patch',
      action: 'patch',
      text: `partially update ${what === '' ? '' : `${what} of `}the specified ${this.#type.kind}`,
      parameters: this.#options('PatchOptions'),
      body: { definition: this.#builtIn('meta/v1.Patch'), required: true },
      consumes: this.#media.patches,
      responses: this.#type.custom ? { 200: definition } : { 200: definition, 201: definition },
    };
  }

  #delete(): Said {
    const answer = isAnsweredWithObject(this.#type)
      ? this.#definition(this.#type.kind)
      : this.#builtIn(STATUS);
    return {
      method: 'delete',
      verb: 'delete',
      action: 'delete',
      text: `delete ${withArticle(this.#type.kind)}`,
      parameters: this.#options('DeleteOptions'),
      body: { definition: this.#builtIn('meta/v1.DeleteOptions'), required: false },
      responses: { 200: answer, 202: answer },
    };
  }

  #watches(plural: string): void {
    const { kind, namespaced } = this.#type;
    const common = {
      method: 'get',
      verb: 'watch',
      parameters: this.#options('ListOptions'),
      produces: [...this.#media.produces, ...this.#media.streams],
      responses: { 200: this.#builtIn('meta/v1.WatchEvent') },
    } as const;
    const list: Said = {
      ...common,
      action: 'watchlist',
      text: `watch individual changes to a list of ${kind}. ${IN_A_LIST} instead.`,
      suffix: 'List',
    };
    const all = this.#at('watch/', plural);
    const own = namespaced ? this.#at('watch/namespaces/{namespace}/', plural) : all;
    this.#add(own, list);
    if (namespaced) this.#add(all, { ...list, suffix: 'ListForAllNamespaces' });
    if (!this.#type.verbs.includes('get')) return;
    this.#add(`${own}/{name}`, {
      ...common,
      action: 'watch',
      text: `watch changes to an object of kind ${kind}. ${IN_A_LIST} instead, ${FILTERED}.`,
    });
  }

  #subresource(sub: Subresource, each: string): void {
    const path = `${each}/${sub.name}`;
    if (sub.kind.endsWith('Options')) {
      this.#connections(sub, path);
      return;
    }
    if (sub.name === 'log') {
      this.#add(path, this.#log(), sub);
      return;
    }
    const definition = this.#definition(sub.kind, sub.group, sub.version);
    const may = (verb: string) => sub.verbs.includes(verb);
    if (may('get')) this.#add(path, this.#read(definition, sub.name), sub);
    if (may('update')) this.#add(path, this.#replace(definition, sub.name), sub);
    if (may('patch')) this.#add(path, this.#patch(definition, sub.name), sub);
    if (may('create')) this.#add(path, this.#create(definition, sub.name), sub);
  }

  #log(): Said {
    return {
      ...this.#read('string', 'log'),
      parameters: optionParameters('core/v1.PodLogOptions', this.#minor),
      produces: ['text/plain', ...this.#media.produces],
    };
  }

  /** Requests that are passed on: `exec` by GET and POST, `proxy` by all methods. */
  #connections(sub: Subresource, path: string): void {
    const options = messageFor(apiVersionOf(this.#type.group, this.#version), sub.kind);
    const isProxy = sub.name === 'proxy';
    const methods: readonly Method[] = isProxy
      ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']
      : ['get', 'post'];
    for (const suffix of isProxy ? ['', '/{path}'] : ['']) {
      for (const method of methods) {
        this.#add(
          path + suffix,
          {
            method,
            verb: 'connect',
            action: 'connect',
            text: `connect ${method.toUpperCase()} requests to ${sub.name} of ${this.#type.kind}`,
            parameters: optionParameters(options, this.#minor),
            produces: ANYTHING,
            responses: { 200: 'string' },
            suffix: suffix === '' ? '' : 'WithPath',
          },
          sub,
        );
      }
    }
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
