/** The head of an answer, with the id of its request. */
import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';

/**
 * Sends status and headers, beside those that were set before; and the request's id, whatever the answer
 * (apiserver pkg/endpoints/filters/audit_init.go).
 * @param headers - by name; their values are sent as they are
 */
export function sendHead(
  { response, auditId }: Pick<Exchange, 'response' | 'auditId'>,
  code: number,
  headers: Readonly<Record<string, string | number | string[] | undefined>> = {},
): ServerResponse {
  // Headers that are given at once need not be kept by name first.
  if (response.getHeaderNames().length === 0)
    return response.writeHead(code, { 'Audit-Id': auditId, ...headers });
  response.setHeader('Audit-Id', auditId);
  return response.writeHead(code, headers);
}
