/** What requests and answers of resources may be written in. */

/** The media types of a kind of resources. */
export interface MediaTypes {
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
export const ANYTHING = ['*/*'];

const BUILT_IN: MediaTypes = {
  consumes: ANYTHING,
  produces: [...TEXTS, PROTOBUF],
  streams: ['application/json;stream=watch', `${PROTOBUF};stream=watch`],
  patches: [...PATCHES, 'application/strategic-merge-patch+json', APPLY],
};
const CUSTOM: MediaTypes = { consumes: TEXTS, produces: TEXTS, streams: [], patches: [...PATCHES, APPLY] };

/** Returns the media types of a resource. @param isCustom - whether a definition defines it */
export const mediaTypesOf = (isCustom: boolean): MediaTypes => (isCustom ? CUSTOM : BUILT_IN);
