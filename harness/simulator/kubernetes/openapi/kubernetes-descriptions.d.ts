/**
 * What `build-descriptions.mjs` makes of the packages that describe Kubernetes' API, when a bundle is built.
 */
declare module 'kubernetes-descriptions' {
  /**
   * Returns JSON, compressed by brotli, in base64: `types`, definition's name in camel case → its text, and
   * name of a field → its text; `parameters`, kind of the options and name of a parameter, or the name alone
   * → its text.
   */
  const packed: () => string;
  export default packed;
}
