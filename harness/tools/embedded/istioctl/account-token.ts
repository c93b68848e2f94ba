/**
 * The Secret that holds the token of a service account, made where there is none.
 * istio/istio istioctl/pkg/multicluster/remote_secret.go
 */
import { linkedSignal } from '../../../base/deadline.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { followUntil } from '../follow.ts';
import { ToolExit } from '../invocation.ts';
import { type Call, ISTIO_NAMESPACE } from './verb.ts';

const SECRETS = { apiVersion: 'v1', plural: 'secrets' };
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
/** Five attempts, a second apart, for the token controller to fill the Secret. */
const TOKEN_TIMEOUT_MS = 5000;

/** A Secret of the type `kubernetes.io/service-account-token`; values are base64. */
export interface TokenSecret extends KubernetesObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Finds the Secret with the account's token: the one that the account names, an annotated one, or a new one.
 * Unlike istioctl 1.8, which reads only what the account names and therefore fails on Kubernetes 1.24 and
 * later, this does for both releases what the current one does.
 * @throws ToolExit if the token controller does not fill the Secret in time
 */
export async function tokenSecret(call: Call, account: string): Promise<TokenSecret> {
  const { client, signal } = call;
  const namespace = ISTIO_NAMESPACE;
  const serviceAccount = await client.get(
    { apiVersion: 'v1', plural: 'serviceaccounts', namespace, name: account },
    signal,
  );
  const named = (serviceAccount['secrets'] ?? []) as readonly { name: string }[]; // of a ServiceAccount
  if (named.length === 1 && named[0]) {
    return (await client.get({ ...SECRETS, namespace, name: named[0].name }, signal)) as TokenSecret; // of `secrets`
  }
  const existing = await annotatedToken(call, account);
  if (existing && isFilled(existing)) return existing;
  return await filledToken(call, existing?.metadata.name ?? (await createToken(call, account)));
}

const isFilled = (secret: TokenSecret | undefined) =>
  Boolean(secret?.data?.['token'] && secret.data['ca.crt']);

/** Finds a token Secret that names the account, filled or not. */
async function annotatedToken({ client, signal }: Call, account: string): Promise<TokenSecret | undefined> {
  const path = { ...SECRETS, namespace: ISTIO_NAMESPACE };
  const { items } = await client.list(path, { fieldSelector: `type=${TOKEN_TYPE}` }, signal);
  return (items as TokenSecret[]).find(
    // of `secrets`
    ({ type, metadata }) => type === TOKEN_TYPE && metadata.annotations?.[ACCOUNT_ANNOTATION] === account,
  );
}

/** Creates an empty Secret for the token controller to fill. @returns its name */
async function createToken({ client, signal }: Call, account: string): Promise<string> {
  const namespace = ISTIO_NAMESPACE;
  const name = `${account}-istio-remote-secret-token`;
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, annotations: { [ACCOUNT_ANNOTATION]: account } },
    type: TOKEN_TYPE,
  };
  await client.create({ ...SECRETS, namespace }, body, {}, signal);
  return name;
}

/** Waits for the token controller. @throws ToolExit when it takes too long */
async function filledToken({ client, signal, invocation }: Call, name: string): Promise<TokenSecret> {
  const namespace = ISTIO_NAMESPACE;
  using deadline = linkedSignal(signal, { clock: invocation.clock, timeoutMs: TOKEN_TIMEOUT_MS });
  try {
    const snapshot = await followUntil(
      client,
      { ...SECRETS, namespace },
      { fieldSelector: `metadata.name=${name}` },
      now => isFilled([...now.values()][0] as TokenSecret | undefined), // of `secrets`
      deadline.signal,
    );
    return [...snapshot.values()][0] as TokenSecret; // of `secrets`; `isFilled` has seen it
  } catch (error) {
    if (!deadline.expired()) throw error;
    throw new ToolExit(
      `Error: could not get access token to read resources from local kube-apiserver: no "token" data found in secret ${namespace}/${name}`,
    );
  }
}
