/** Values that Envoy writes in the JSON form of protobuf: addresses, messages of any type. */

/** Writes an `envoy.config.core.v3.Address` of TCP. */
export const socketAddress = (address: string, port: number) => ({
  socket_address: { address, port_value: port },
});

/**
 * Returns a `google.protobuf.Any`.
 * @param type - after `envoy.`: `config.cluster.v3.Cluster`
 */
export const anyOf = <T extends object>(type: string, message: T) => ({
  '@type': `type.googleapis.com/envoy.${type}`,
  ...message,
});
