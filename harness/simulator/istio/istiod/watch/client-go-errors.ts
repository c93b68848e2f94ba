/** How client-go words what goes wrong between istiod and an API server, as istiod's log has it. */
import { messageOf } from '../../../../base/errors.ts';
import { KubernetesApiError, pathOf, type ResourcePath } from '../../../../base/kubernetes-client.ts';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'connect: no route to host',
};

/**
 * @param server - `https://127.0.0.1:36543`
 * @returns `Failed to list *v1.Service: Get "https://127.0.0.1:36543/api/v1/services": dial tcp
 *   127.0.0.1:36543: connect: connection refused`
 */
export function describeListFailure(
  kind: string,
  path: ResourcePath,
  server: string,
  error: unknown,
): string {
  return `Failed to list ${goType(kind, path.apiVersion)}: ${causeOf(path, server, error)}`;
}

/** `*v1.Service` */
const goType = (kind: string, apiVersion: string): string => `*${apiVersion.split('/').at(-1)}.${kind}`;

function causeOf(path: ResourcePath, server: string, error: unknown): string {
  if (error instanceof KubernetesApiError) return error.code === 401 ? 'Unauthorized' : error.message;
  const { host } = new URL(server);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code];
  const isTrust = /CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code);
  const cause = reason
    ? `dial tcp ${host}: ${reason}`
    : code === 'ENOTFOUND'
      ? `dial tcp: lookup ${host.replace(/:\d+$/, '')}: no such host`
      : isTrust
        ? 'x509: certificate signed by unknown authority'
        : messageOf(error);
  return `Get "${server}${pathOf(path)}": ${cause}`;
}
