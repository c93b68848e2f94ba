/** The types of resources that our istiod serves: their order in a push, and the names that people see. */
import { TYPE_URLS } from '../ads/type-urls.ts';
import type { ResourceType } from '../resources.ts';

/** The order in which a push sends the types: a proxy needs clusters before it can use what names them. */
export const PUSH_ORDER = ['cluster', 'endpoint', 'listener', 'route'] as const satisfies ResourceType[];

/** The services' names in metrics, logs and debug pages. */
const SHORT_NAMES = {
  cluster: 'cds',
  endpoint: 'eds',
  listener: 'lds',
  route: 'rds',
} as const satisfies Record<ResourceType, string>;

/** Returns the URL by which ADS asks for a type. */
export const typeUrlOf = (type: ResourceType): string => TYPE_URLS[SHORT_NAMES[type]];

/** Returns the type of a URL; undefined for one that our istiod does not serve. */
export const typeOfUrl = (typeUrl: string): ResourceType | undefined =>
  PUSH_ORDER.find(type => typeUrlOf(type) === typeUrl);

/** Returns the last part of a type URL: `Cluster`; for logs about types that have no short name here. */
export const shortNameOf = (typeUrl: string): string => {
  const type = typeOfUrl(typeUrl);
  return type ? SHORT_NAMES[type] : typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
};
