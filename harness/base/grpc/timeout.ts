/** The header `grpc-timeout`: how long a client waits (gRPC's PROTOCOL-HTTP2.md, Timeout). */

/** Milliseconds of a unit, the finest first. */
const UNITS: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1000, M: 60_000, H: 3_600_000 };

/** Eight digits at most. */
const MOST = 99_999_999;

/**
 * Encodes milliseconds in the finest unit that has room, rounded up, as grpc-go does
 * (internal/grpcutil/encode_duration.go@v1.66): `100000u`.
 */
export function encodeTimeout(timeoutMs: number): string {
  if (!(timeoutMs > 0)) return '0n';
  for (const [unit, milliseconds] of Object.entries(UNITS)) {
    // The product of two such numbers may miss a whole one by a little.
    const count = Math.ceil(Number((timeoutMs / milliseconds).toPrecision(12)));
    if (count <= MOST) return `${count}${unit}`;
  }
  return `${MOST}H`;
}

/**
 * Decodes a value.
 * @returns milliseconds
 * @throws Error in grpc-go's words (internal/transport/http_util.go@v1.66 decodeTimeout)
 */
export function decodeTimeout(text: string): number {
  const quoted = JSON.stringify(text);
  if (text.length < 2) throw new Error(`transport: timeout string is too short: ${quoted}`);
  if (text.length > 9) throw new Error(`transport: timeout string is too long: ${quoted}`);
  const unit = UNITS[text.slice(-1)];
  if (unit === undefined) throw new Error(`transport: timeout unit is not recognized: ${quoted}`);
  const digits = text.slice(0, -1);
  if (!/^\d+$/.test(digits))
    throw new Error(`strconv.ParseUint: parsing ${JSON.stringify(digits)}: invalid syntax`);
  return Number(digits) * unit;
}
