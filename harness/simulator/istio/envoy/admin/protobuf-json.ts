/** Values that Envoy writes in the JSON form of protobuf: durations and addresses. */

/** Writes a `google.protobuf.Duration`: `0.25s`. */
export const seconds = (ms: number) => `${ms / 1000}s`;

/** Writes an `envoy.config.core.v3.Address` of TCP. */
export const socketAddress = (address: string, port: number) => ({
  socket_address: { address, port_value: port },
});
