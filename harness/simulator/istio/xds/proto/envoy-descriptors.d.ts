/** What `build-descriptors.mjs` makes of Envoy's .proto files when a bundle is built. */
declare module 'envoy-descriptors' {
  /**
   * JSON: full name of a message → its rows. A row is `number rule type name` for a field, where the rule is
   * `one`, `many` or `map:<type of the keys>` and the type is a scalar's, a message's full name,
   * `enum:<full name>` or `opaque`, for a message that nobody reads, and `oneof name field field …` for a
   * oneof. Also: full name of an enumeration → `number name` of its values.
   */
  const text: string;
  export default text;
}
