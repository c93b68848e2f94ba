/**
 * What can be done with a resource, as the API installer says it (apiserver pkg/endpoints/installer.go
 * @v1.34), and of a custom one, which is registered for the documents alone (apiextensions-apiserver
 * pkg/controller/openapi/builder/builder.go @v1.34).
 */
import { isAnsweredWithObject } from '../registry/deleted-objects.ts';
import { apiVersionOf, type ResourceType, type Subresource } from '../registry/resources.ts';
import { messageFor } from '../registry/schema/messages.ts';
import { customDefinitionName, definitionName } from './definition-names.ts';
import type { Definitions } from './definitions.ts';
import { ANYTHING, type MediaTypes, mediaTypesOf } from './media-types.ts';
import type { Method, Operation, Parameter } from './operation.ts';
import { optionParameters } from './parameters.ts';

const STATUS = 'meta/v1.Status';

const IN_A_LIST = "deprecated: use the 'watch' parameter with a list operation";
const FILTERED = "filtered to a single item with the 'fieldSelector' parameter";

/** What an operation says of itself beside its resource. */
export interface Said {
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
const withArticle = (kind: string): string =>
  /[^s]s$/.test(kind) ? kind : `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;

/** Says it of one resource in one version, and sees that the definitions are there. */
export class Verbs {
  readonly #type: ResourceType;
  readonly #version: string;
  readonly #definitions: Definitions;
  readonly #minor: number;
  readonly #media: MediaTypes;

  constructor(type: ResourceType, version: string, definitions: Definitions, minor: number) {
    this.#type = type;
    this.#version = version;
    this.#definitions = definitions;
    this.#minor = minor;
    this.#media = mediaTypesOf(type.custom !== undefined);
  }

  /** Returns the definition of a kind, which is then in the document. */
  definition(kind: string, group = this.#type.group, version = this.#version): string {
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

  list(): Said {
    const { kind, listKind, verbs } = this.#type;
    const isWatched = verbs.includes('watch') && !this.#type.custom;
    return {
      method: 'get',
      verb: 'list',
      action: 'list',
      text: `list ${isWatched ? 'or watch ' : ''}objects of kind ${kind}`,
      parameters: this.#options('ListOptions'),
      produces: [...this.#media.produces, ...this.#media.streams],
      responses: { 200: this.definition(listKind) },
    };
  }

  create(definition = this.definition(this.#type.kind), what = ''): Said {
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

  deleteCollection(): Said {
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

  read(definition = this.definition(this.#type.kind), what = ''): Said {
    return {
      method: 'get',
      verb: 'read',
      action: 'get',
      text: `read ${what === '' ? '' : `${what} of `}the specified ${this.#type.kind}`,
      parameters: this.#type.custom ? this.#options('GetOptions') : [],
      responses: { 200: definition },
    };
  }

  replace(definition = this.definition(this.#type.kind), what = ''): Said {
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

  patch(definition = this.definition(this.#type.kind), what = ''): Said {
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

  delete(): Said {
    const answer = isAnsweredWithObject(this.#type)
      ? this.definition(this.#type.kind)
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

  /** The deprecated watches of all objects. */
  watchList(): Said {
    const { kind } = this.#type;
    return {
      ...this.#watched(),
      action: 'watchlist',
      text: `watch individual changes to a list of ${kind}. ${IN_A_LIST} instead.`,
      suffix: 'List',
    };
  }

  /** That of one object. */
  watchOne(): Said {
    const { kind } = this.#type;
    return {
      ...this.#watched(),
      action: 'watch',
      text: `watch changes to an object of kind ${kind}. ${IN_A_LIST} instead, ${FILTERED}.`,
    };
  }

  #watched() {
    return {
      method: 'get',
      verb: 'watch',
      parameters: this.#options('ListOptions'),
      produces: [...this.#media.produces, ...this.#media.streams],
      responses: { 200: this.#builtIn('meta/v1.WatchEvent') },
    } as const;
  }

  log(): Said {
    return {
      ...this.read('string', 'log'),
      parameters: optionParameters('core/v1.PodLogOptions', this.#minor),
      produces: ['text/plain', ...this.#media.produces],
    };
  }

  /** A request that is passed on. */
  connect(sub: Subresource, method: Method, suffix: string): Said {
    const options = messageFor(apiVersionOf(this.#type.group, this.#version), sub.kind);
    return {
      method,
      verb: 'connect',
      action: 'connect',
      text: `connect ${method.toUpperCase()} requests to ${sub.name} of ${this.#type.kind}`,
      parameters: optionParameters(options, this.#minor),
      produces: ANYTHING,
      responses: { 200: 'string' },
      suffix,
    };
  }
}
