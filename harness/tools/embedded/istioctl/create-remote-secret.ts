/**
 * `istioctl create-remote-secret`: a Secret with a kubeconfig that lets another istiod read this cluster.
 * istio/istio istioctl/pkg/multicluster/remote_secret.go
 */
import { dump } from 'js-yaml';
import { linkedSignal } from '../../../base/deadline.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { renderReader } from '../../../simulator/istio/install/render.ts';
import { followUntil } from '../follow.ts';
import { ToolExit } from '../invocation.ts';
import { applyObject } from './apply-objects.ts';
import { releaseOf } from './releases.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

const READER = 'istio-reader-service-account';
const SECRETS = { apiVersion: 'v1', plural: 'secrets' };
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
/** Five attempts, a second apart, for the token controller to fill the Secret. */
const TOKEN_TIMEOUT_MS = 5000;

interface TokenSecret extends KubernetesObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export const createRemoteSecret: Verb = {
  flags: {
    name: { type: 'text' },
    server: { type: 'text' },
    type: { type: 'text' },
    'auth-type': { type: 'text' },
    'service-account': { type: 'text' },
    'secret-name': { type: 'text' },
    'create-service-account': { type: 'boolean' },
  },
  maxArgs: 0,
  async run(call) {
    const { flags, invocation, istioVersion } = call;
    refuseUnknownKinds(call);
    const name = flags.text('name') ?? (await defaultName(call));
    // Istio's own rule for labels lets upper case pass, which the API server then refuses in the Secret's
    // name (I5).
    if (!/^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name) || name.length > 63) {
      throw new ToolExit(`Error: "${name}" is not a valid DNS 1123 label`);
    }
    const account = flags.text('service-account') ?? READER;
    await ensureAccount(call, account);
    const secret = await tokenSecret(call, account);
    const server = flags.text('server') ?? defaultServer(call);
    if (releaseOf(istioVersion).warnsOfLoopback && /127\.0\.0\.1|localhost/.test(server)) {
      invocation.stderr(
        `! server in Kubeconfig is ${server}. This is likely not reachable from inside the cluster, if you're using Kubernetes in Docker, pass --server with the container IP for the API Server.\n`,
      );
    }
    invocation.stdout(remoteSecret(name, flags, server, secret));
    return 0;
  },
};

/**
 * Unlike istioctl, which takes the kubeconfig's address: where the kubeconfig is that of a simulated cluster
 * on this machine it names a port of the loopback, and the secret would send istiod to its own pod (I5).
 */
function defaultServer({ client, flags, invocation }: Call): string {
  const forPods = invocation.serverForPods?.(flags.text('context'));
  if (forPods === undefined || forPods === client.server) return client.server;
  invocation.stderr(
    `! The secret names the API server by ${forPods}, its address for pods, not by ${client.server}, which only this machine reaches. --server names another.\n`,
  );
  return forPods;
}

function refuseUnknownKinds({ flags }: Call): void {
  const type = flags.text('type') ?? 'remote';
  if (type !== 'remote' && type !== 'config')
    throw new ToolExit(`Error: invalid argument "${type}" for "--type" flag: unknown SecretType`);
  const auth = flags.text('auth-type') ?? 'bearer-token';
  if (auth !== 'bearer-token')
    throw new ToolExit(`Error: --auth-type ${auth} is not available inside this process`);
}

async function defaultName({ client, signal }: Call): Promise<string> {
  const namespace = await client.get({ apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' }, signal);
  return namespace.metadata.uid ?? '';
}

/**
 * Where the account is absent, it and its rights are made, as the default profile has them: so this works
 * before the remote is installed (I5).
 */
async function ensureAccount(call: Call, account: string): Promise<void> {
  const { client, flags, signal, istioVersion } = call;
  const path = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: ISTIO_NAMESPACE, name: account };
  if (await client.find(path, signal)) return;
  if (flags.text('create-service-account') === 'false') {
    throw new ToolExit(`Error: serviceaccounts "${account}" not found`);
  }
  const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
  if (!(await client.find({ ...namespaces, name: ISTIO_NAMESPACE }, signal))) {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ISTIO_NAMESPACE } };
    await client.create(namespaces, body, {}, signal);
  }
  const { overlays } = releaseOf(istioVersion).install;
  for (const object of renderReader(istioVersion)) await applyObject(call, object, overlays);
  if (!(await client.find(path, signal))) throw new ToolExit(`Error: serviceaccounts "${account}" not found`);
}

/**
 * The Secret that holds the account's token: the one that the account names, an annotated one, or a new one.
 * Unlike istioctl 1.8, which reads only what the account names and therefore fails on Kubernetes 1.24 and
 * later, this does for both releases what the current one does.
 */
async function tokenSecret(call: Call, account: string): Promise<TokenSecret> {
  const { client, signal, invocation } = call;
  const namespace = ISTIO_NAMESPACE;
  const serviceAccount = await client.get(
    { apiVersion: 'v1', plural: 'serviceaccounts', namespace, name: account },
    signal,
  );
  const named = (serviceAccount['secrets'] ?? []) as readonly { name: string }[]; // of a ServiceAccount
  if (named.length === 1 && named[0]) {
    return (await client.get({ ...SECRETS, namespace, name: named[0].name }, signal)) as TokenSecret; // of `secrets`
  }
  const isToken = (secret: TokenSecret) =>
    secret.type === TOKEN_TYPE && secret.metadata.annotations?.[ACCOUNT_ANNOTATION] === account;
  const { items } = await client.list(
    { ...SECRETS, namespace },
    { fieldSelector: `type=${TOKEN_TYPE}` },
    signal,
  );
  const existing = (items as TokenSecret[]).find(isToken); // of `secrets`
  const name = existing?.metadata.name ?? `${account}-istio-remote-secret-token`;
  if (!existing) {
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, annotations: { [ACCOUNT_ANNOTATION]: account } },
      type: TOKEN_TYPE,
    };
    await client.create({ ...SECRETS, namespace }, body, {}, signal);
  }
  const filled = (secret: TokenSecret | undefined) =>
    Boolean(secret?.data?.['token'] && secret.data['ca.crt']);
  if (existing && filled(existing)) return existing;
  using deadline = linkedSignal(signal, { clock: invocation.clock, timeoutMs: TOKEN_TIMEOUT_MS });
  try {
    const snapshot = await followUntil(
      client,
      { ...SECRETS, namespace },
      { fieldSelector: `metadata.name=${name}` },
      now => filled([...now.values()][0] as TokenSecret | undefined), // of `secrets`
      deadline.signal,
    );
    return [...snapshot.values()][0] as TokenSecret; // of `secrets`; `filled` has seen it
  } catch (error) {
    if (!deadline.expired()) throw error;
    throw new ToolExit(
      `Error: could not get access token to read resources from local kube-apiserver: no "token" data found in secret ${namespace}/${name}`,
    );
  }
}

function remoteSecret(name: string, flags: Call['flags'], server: string, token: TokenSecret): string {
  const text = (key: string) => Buffer.from(token.data?.[key] ?? '', 'base64').toString();
  const kubeconfig = dump(
    {
      apiVersion: 'v1',
      clusters: [{ cluster: { 'certificate-authority-data': token.data?.['ca.crt'] ?? '', server }, name }],
      contexts: [{ context: { cluster: name, user: name }, name }],
      'current-context': name,
      kind: 'Config',
      preferences: {},
      users: [{ name, user: { token: text('token') } }],
    },
    { lineWidth: -1, noArrayIndent: true },
  );
  const isConfig = flags.text('type') === 'config';
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      annotations: { 'networking.istio.io/cluster': name },
      creationTimestamp: null,
      ...(!isConfig && { labels: { 'istio/multiCluster': 'true' } }),
      name: isConfig ? 'istio-kubeconfig' : `istio-remote-secret-${name}`,
      // The namespace that was asked for wins, if it is another one (I5).
      namespace: flags.text('namespace') ?? ISTIO_NAMESPACE,
    },
    stringData: { [isConfig ? 'config' : name]: kubeconfig },
  };
  return `# This file is autogenerated, do not edit.\n${dump(secret, { lineWidth: -1, noArrayIndent: true })}---\n`;
}
