/**
 * What a client's Accept header asks for, and whether an endpoint can show it
 * (staging/src/k8s.io/apiserver pkg/endpoints/handlers/negotiation/negotiate.go @v1.34).
 */
import { BoundedMemory } from '../../../base/bounded-memory.ts';
import { ApiError } from '../registry/status.ts';

/** Another form of an object: a kind of meta.k8s.io (`as=Table;g=meta.k8s.io;v=v1`). */
interface Conversion {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The form of an answer that the client and the endpoint agree on. */
export interface Accepted {
  /** `protobuf` is agreed on like on the real server; unlike there, the answer is JSON. */
  readonly media: 'json' | 'yaml' | 'protobuf';
  /** Absent: the object as it is. */
  readonly conversion?: Conversion;
  /** Asked for in the header (`pretty=1`); the query and the user agent may ask for it too. */
  readonly isPretty: boolean;
}

/** What an endpoint can show beside the objects themselves. */
export interface Endpoint {
  readonly conversions: readonly string[];
  /** Custom resources have protobuf for conversions only. */
  readonly hasProtobuf: boolean;
  /** YAML has no stream of events. */
  readonly isWatch: boolean;
  /** Of the list of all groups at once. */
  readonly discoveryVersions?: readonly string[];
  /**
   * The types that a route of a built-in kind declares. The router compares them to the letter, before the
   * handler looks at the header (github.com/emicklei/go-restful/v3 route.go, matchesAccept).
   */
  readonly produces?: readonly string[];
}

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const STREAM_TYPES = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

const PARTIAL = ['PartialObjectMetadata', 'PartialObjectMetadataList'];
const TABLES = ['Table', ...PARTIAL];

/** Errors, and discovery by the aggregator: one form only, and no router before it. */
export const PLAIN: Endpoint = { conversions: [], hasProtobuf: true, isWatch: false };
/** The groups and resources of built-in kinds. */
export const ROUTED: Endpoint = { ...PLAIN, produces: MEDIA_TYPES };
/** The groups at once. */
export const AGGREGATED: Endpoint = { ...PLAIN, discoveryVersions: ['v2'] };
/** Reviews have no columns. */
export const REVIEWS: Endpoint = { ...ROUTED, conversions: PARTIAL };
/** Single objects of built-in kinds. */
export const OBJECTS: Endpoint = { ...ROUTED, conversions: TABLES };
/** Their lists, on the path on which they are watched too. */
export const LISTS: Endpoint = { ...OBJECTS, produces: [...MEDIA_TYPES, ...STREAM_TYPES] };
/** Their watches. */
export const WATCHES: Endpoint = { ...LISTS, isWatch: true };
/** The logs of a pod. */
export const LOGS: Endpoint = { ...OBJECTS, produces: ['text/plain', ...MEDIA_TYPES] };
/** Objects and lists of custom resources. */
export const CUSTOM: Endpoint = { conversions: TABLES, hasProtobuf: false, isWatch: false };
/** Watches of custom resources. */
export const CUSTOM_WATCHES: Endpoint = { ...CUSTOM, isWatch: true };

const MEDIA = [
  ['json', 'application/json'],
  ['yaml', 'application/yaml'],
  ['protobuf', 'application/vnd.kubernetes.protobuf'],
] as const;

/** One entry of the header. */
interface Clause {
  readonly media: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads an entry as github.com/munnerz/goautoneg does. @returns undefined for what is no media type */
function clauseOf(part: string): Clause | undefined {
  const [range = '', ...rest] = part.split(';');
  const [type = '', subtype = '', ...more] = range.split('/').map(word => word.trim());
  if (more.length > 0 || (subtype === '' && type !== '*')) return undefined;
  const parameters = new Map<string, string>();
  let quality = 1;
  for (const entry of rest) {
    const [name = '', value = '', ...others] = entry.split('=');
    if (value === '' || others.length > 0) continue;
    if (name.trim() === 'q') quality = Number(value) || 0;
    else parameters.set(name.trim(), value.trim());
  }
  return { media: `${type}/${subtype || '*'}`, quality, parameters };
}

const comesFirst = (a: Clause, b: Clause): boolean =>
  a.quality > b.quality ||
  (!a.media.startsWith('*/') && b.media.startsWith('*/')) ||
  (!a.media.endsWith('/*') && b.media.endsWith('/*'));

/** Sorts by insertion, as Go does with so few: the order is no strict one, so the way matters. */
function clausesOf(accept: string): readonly Clause[] {
  const clauses: Clause[] = [];
  for (const part of accept.split(',')) {
    const clause = clauseOf(part.trim());
    if (!clause) continue;
    let at = clauses.length;
    while (at > 0 && comesFirst(clause, clauses[at - 1] as Clause)) at -= 1;
    clauses.splice(at, 0, clause);
  }
  return clauses;
}

/** @returns undefined if the endpoint has not what the parameters ask for */
function agree(media: Accepted['media'], { parameters }: Clause, endpoint: Endpoint): Accepted | undefined {
  const stream = parameters.get('stream');
  if (stream !== undefined && (stream !== 'watch' || media === 'yaml')) return undefined;
  const isPretty = parameters.get('pretty') === '1';
  const [kind, group, version] = [parameters.get('as'), parameters.get('g'), parameters.get('v')];
  if (kind === undefined && group === undefined && version === undefined)
    return media === 'protobuf' && !endpoint.hasProtobuf ? undefined : { media, isPretty };
  const conversion: Conversion = { kind: kind ?? '', group: group ?? '', version: version ?? '' };
  return isServed(conversion, media, endpoint) ? { media, isPretty, conversion } : undefined;
}

function isServed({ kind, group, version }: Conversion, media: string, endpoint: Endpoint): boolean {
  if (endpoint.discoveryVersions) {
    return (
      kind === 'APIGroupDiscoveryList' &&
      group === 'apidiscovery.k8s.io' &&
      endpoint.discoveryVersions.includes(version)
    );
  }
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return false;
  return endpoint.conversions.includes(kind) && !(kind === 'Table' && media === 'protobuf');
}

function findForm(accept: string, endpoint: Endpoint): Accepted | undefined {
  if (accept === '') return JSON_FORM;
  for (const clause of clausesOf(accept)) {
    for (const [media, name] of MEDIA) {
      const isMeant = clause.media === name || clause.media === 'application/*' || clause.media === '*/*';
      const form = isMeant ? agree(media, clause, endpoint) : undefined;
      if (form) return form;
    }
  }
  return undefined;
}

/** What a client gets that asks for nothing. */
export const JSON_FORM: Accepted = { media: 'json', isPretty: false };

/** What an endpoint makes of a header. */
type Outcome =
  | { readonly form: Accepted }
  | { readonly form?: undefined; readonly message: string; readonly isRouters: boolean };

/** Clients have few headers, and send them with every request. */
const MOST_HEADERS = 256;
const known = new Map<Endpoint, BoundedMemory<Outcome>>();

function decide(accept: string, endpoint: Endpoint): Outcome {
  const { produces } = endpoint;
  if (produces && !isProduced(accept, produces)) {
    const message = `406: Not Acceptable\n\nAvailable representations: ${produces.join(', ')}`;
    return { message, isRouters: true };
  }
  const form = findForm(accept, endpoint);
  if (form && !(endpoint.isWatch && form.media === 'yaml')) return { form };
  const types = form ? STREAM_TYPES : MEDIA_TYPES;
  const message = `only the following media types are accepted: ${types.join(', ')}`;
  return { message, isRouters: false };
}

function outcomeOf(accept = '', endpoint: Endpoint): Outcome {
  let outcomes = known.get(endpoint);
  if (!outcomes) {
    outcomes = new BoundedMemory(MOST_HEADERS);
    known.set(endpoint, outcomes);
  }
  return outcomes.recall(accept, () => decide(accept, endpoint));
}

/** Returns the form that both sides agree on; undefined if there is none. */
export const acceptedForm = (accept: string | undefined, endpoint: Endpoint): Accepted | undefined =>
  outcomeOf(accept, endpoint).form;

/** Finds the form of an answer. @throws ApiError 406 */
export function negotiate(accept: string | undefined, endpoint: Endpoint): Accepted {
  const outcome = outcomeOf(accept, endpoint);
  if (outcome.form) return outcome.form;
  throw new ApiError(406, 'NotAcceptable', outcome.message, outcome.isRouters ? {} : undefined);
}

/** Does what the router does, for a handler that does not look at the header. @throws ApiError 406 */
export function negotiateRoute(accept: string | undefined, endpoint: Endpoint): void {
  const outcome = outcomeOf(accept, endpoint);
  if (!outcome.form && outcome.isRouters) throw new ApiError(406, 'NotAcceptable', outcome.message, {});
}

function isProduced(accept: string, produces: readonly string[]): boolean {
  if (accept === '') return true;
  return accept.split(',').some(part => {
    const media = (part.split(';')[0] ?? '').trim();
    return media === '*/*' || produces.includes(media);
  });
}
