/** The error of kubectl's JSONPath templates. Kubernetes: client-go util/jsonpath. */

/** A template that cannot be read or evaluated; the message is client-go's. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}
