/** Names the protocol of a plaintext connection by its first bytes: Envoy's HTTP inspector. */
import { type Inspection, inspectTls } from './client-hello.ts';

/** Where Envoy gives up (source/extensions/filters/listener/http_inspector/http_inspector.h @v1.16.0). */
const MAX_REQUEST_LINE_BYTES = 8 * 1024;
const HTTP_2_PREFACE = 'PRI * HTTP/2.0\r\n';

/**
 * The TLS inspector, and behind it the HTTP inspector.
 * @param bytes - all that has arrived so far
 */
export function inspectProtocol(bytes: Buffer): Inspection {
  const inspection = inspectTls(bytes);
  return inspection?.transport === 'raw_buffer' ? inspectHttp(bytes) : inspection;
}

/** The HTTP inspector alone: TLS is no HTTP to it. */
export function inspectHttp(bytes: Buffer): Inspection {
  const protocol = protocolOf(bytes.toString('latin1', 0, MAX_REQUEST_LINE_BYTES));
  if (protocol === undefined) return undefined;
  return { transport: 'raw_buffer', protocols: protocol === '' ? [] : [protocol] };
}

/** Returns `http/1.0`, `http/1.1`, `h2c`; empty for what is no HTTP, undefined while that is open. */
function protocolOf(text: string): string | undefined {
  const end = text.indexOf('\n');
  if (end < 0) return text.length < MAX_REQUEST_LINE_BYTES && /^[A-Z-]+( |$)/.test(text) ? undefined : '';
  const line = text.slice(0, end + 1);
  if (line === HTTP_2_PREFACE) return 'h2c';
  const [, minor] = /^[A-Z-]+ \S+ HTTP\/1\.([01])\r?\n$/.exec(line) ?? [];
  return minor === undefined ? '' : `http/1.${minor}`;
}
