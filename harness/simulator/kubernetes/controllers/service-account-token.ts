/**
 * Secrets of type kubernetes.io/service-account-token: they get a token without an end, the root certificate
 * and the namespace.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { keyOf, type Secret } from '../client/kinds.ts';
import type { TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';

/** The type of Secrets that this controller fills. */
export const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

const encode = (text: string) => Buffer.from(text).toString('base64');

/** Makes the token of an account for a Secret of this name. */
type IssueToken = (account: KubernetesObject, secretName: string) => string;

/** Gives a Secret the token of the account that it names, or deletes it if there is no such account. */
function fillSecret(client: TypedClient, key: string, caCertificate: string, issue: IssueToken): void {
  const [namespace = '', name = ''] = key.split('/');
  const secret = client.get('secrets', namespace, name);
  const accountName = secret?.metadata.annotations?.[ACCOUNT_NAME];
  if (!secret || secret.type !== TOKEN_TYPE || accountName === undefined) return;
  const account = client.local.get('serviceaccounts', namespace, accountName);
  const uid = secret.metadata.annotations?.[ACCOUNT_UID];
  if (!account || (uid !== undefined && uid !== account.metadata.uid)) {
    // kubernetes/kubernetes pkg/controller/serviceaccount/tokens_controller.go: a token of nobody is
    // removed.
    client.local.delete('secrets', namespace, name);
    return;
  }
  const data: Record<string, string> = { ...secret.data };
  data['ca.crt'] = encode(caCertificate);
  data['namespace'] = encode(namespace);
  data['token'] ??= encode(issue(account, name));
  const annotations = { ...secret.metadata.annotations, [ACCOUNT_UID]: account.metadata.uid ?? '' };
  client.update('secrets', { ...secret, metadata: { ...secret.metadata, annotations }, data });
}

/** Starts the controller that fills token Secrets. @param caCertificate - PEM */
export function startServiceAccountTokenController(
  { component, client }: ControllerContext,
  caCertificate: string,
  issue: IssueToken,
): Controller {
  const sync = (key: string) => fillSecret(client, key, caCertificate, issue);
  const queue = new WorkQueue(component, sync, 'secrets', 0);
  const isToken = (secret: Secret) => secret.type === TOKEN_TYPE;
  const stops = [
    () => queue.stop(),
    client.watch('secrets', {}, ({ type, object }) => {
      if (type !== 'DELETED' && isToken(object)) queue.add(keyOf(object));
    }),
    client.watch('serviceaccounts', {}, ({ object: { metadata } }) => {
      for (const secret of client.list('secrets', { namespace: metadata.namespace ?? '' })) {
        if (isToken(secret) && secret.metadata.annotations?.[ACCOUNT_NAME] === metadata.name)
          queue.add(keyOf(secret));
      }
    }),
  ];
  return { stop: () => stopAll(stops) };
}
