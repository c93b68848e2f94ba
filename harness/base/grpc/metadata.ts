/** Metadata of a call, which travels as headers. */
import { GrpcError, type HeaderValues, textOf } from './status.ts';

/**
 * Returns metadata as headers: names in lower case, as grpc-go's metadata.New has them.
 * @throws GrpcError `Internal` in grpc-go's words for what HTTP/2 cannot carry
 *   (internal/metadata/metadata.go@v1.66 ValidatePair)
 */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    const key = name.toLowerCase();
    const quoted = JSON.stringify(key);
    if (!/^[0-9a-z_.-]+$/.test(key))
      throw new GrpcError('Internal', `header key ${quoted} contains illegal characters not in [0-9a-z-_.]`);
    if (!/^[ -~]*$/.test(value))
      throw new GrpcError(
        'Internal',
        `header key ${quoted} contains value with non-printable ASCII characters`,
      );
    headers[key] = value;
  }
  return headers;
}

/** Returns what a server sees of headers: all but pseudo-headers, and `:authority`, as in grpc-go. */
export function metadataOf(headers: HeaderValues): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = textOf(value);
    if (text !== undefined && (!name.startsWith(':') || name === ':authority')) metadata[name] = text;
  }
  return metadata;
}
