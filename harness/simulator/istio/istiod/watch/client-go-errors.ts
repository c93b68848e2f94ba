/** How client-go words what goes wrong between istiod and an API server, as istiod's log has it. */
import { codeOf, messageOf } from '../../../../base/errors.ts';
import { certificateText, dialText, syscallText } from '../../../../base/go-errors.ts';
import { KubernetesApiError, pathOf, type ResourcePath } from '../../../../base/kubernetes-client.ts';

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
  return `Get "${server}${pathOf(path)}": ${reasonOf(new URL(server), error)}`;
}

function reasonOf({ host, hostname }: URL, error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'ENOTFOUND':
      return `dial tcp: lookup ${hostname}: no such host`;
    case 'ECONNRESET':
      return `dial tcp ${host}: ${syscallText('read', code)}`;
    case 'ETIMEDOUT':
      return `dial tcp ${host}: i/o timeout`; // client-go's dialer gives up before the kernel does
  }
  if (syscallText('connect', code) !== undefined) return dialText(host, error);
  return certificateText(error, hostname) ?? messageOf(error);
}
