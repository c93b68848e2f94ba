/**
 * Errors in kubectl's words. Kubernetes: kubectl pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage,
 * MultilineError).
 */
import { KubernetesApiError } from '../../../base/kubernetes-client.ts';
import { FlagError } from '../flags.ts';
import { ToolExit, UnknownContextError } from '../invocation.ts';

/** The source of an object and the operation on it, for `error when creating "STDIN": …`. */
export interface Source {
  readonly doing: 'creating' | 'applying patch to' | 'retrieving current configuration of' | 'deleting';
  readonly from: string;
}

/**
 * Writes the text for a failure of an API call.
 * @returns undefined for an error that has nothing to do with the API server
 */
export function apiErrorText(error: unknown, source?: Source): string | undefined {
  if (error instanceof KubernetesApiError) {
    const { status } = error;
    const reason = status.reason ?? (error.code === 401 ? 'Unauthorized' : '');
    const message = source ? `error when ${source.doing} "${source.from}": ${error.message}` : error.message;
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
    if (reason === 'Invalid') return invalidText(error) ?? `Error from server (Invalid): ${message}`;
    return reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
  }
  return connectionText(error);
}

function invalidText({ status }: KubernetesApiError): string | undefined {
  // Only `kind` and `name` of the details make the long form; an error of a patch has neither.
  // A StatusDetails of the API.
  const details = status.details as { kind?: string; name?: string } | undefined;
  const causes = (status.details?.causes ?? []).map(
    ({ field, message }) => `${field ? `${field}: ` : ''}${message}`,
  );
  if (!details?.kind && !details?.name) return undefined;
  const what = `The ${details.kind ?? ''} "${details.name ?? ''}" is invalid`;
  if (causes.length === 0) return what;
  return causes.length === 1
    ? `${what}: ${causes[0]}`
    : `${what}: \n${causes.map(cause => `* ${cause}`).join('\n')}`;
}

/** Writes the text for an API server that cannot be reached at all. */
export function connectionText(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { address, port } = error as { address?: string; port?: number }; // Node adds them to errors of `connect`
  const where = address === undefined ? '' : ` ${address}:${port ?? 443}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `The connection to the server${where} was refused - did you specify the right host or port?`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `Unable to connect to the server: dial tcp${where}: i/o timeout`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'Unable to connect to the server: dial tcp: lookup failed: no such host';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'Unable to connect to the server: EOF';
    default:
      return /^(CERT_|UNABLE_TO_|DEPTH_|SELF_SIGNED|ERR_TLS)/.test(error.code)
        ? `Unable to connect to the server: tls: failed to verify certificate: ${error.message}`
        : undefined;
  }
}

/**
 * Turns whatever a verb threw into the end that kubectl would make of it.
 * @param command - the verb, for the hint after a wrong flag: `create secret generic`
 * @throws the error itself if it is not one of kubectl's: a defect of the harness, or an abort
 */
export function endOf(error: unknown, command: string): ToolExit {
  if (error instanceof ToolExit) return error;
  if (error instanceof FlagError) {
    return new ToolExit(
      `error: ${error.message}\nSee 'kubectl${command === '' ? '' : ` ${command}`} --help' for usage.`,
    );
  }
  if (error instanceof UnknownContextError) return new ToolExit(`error: ${error.message}`);
  const connection = connectionText(error);
  if (connection !== undefined) return new ToolExit(connection, 1, 'api-unreachable');
  const text = apiErrorText(error);
  if (text !== undefined) return new ToolExit(text);
  throw error;
}
