/**
 * `istioctl create-remote-secret`: a Secret with a kubeconfig that lets another istiod read this cluster.
 * istio/istio istioctl/pkg/multicluster/remote_secret.go
 */
import { dump } from 'js-yaml';
import { renderReader } from '../../../simulator/istio/install/render.ts';
import type { FlagTable } from '../flags.ts';
import { ToolExit } from '../invocation.ts';
import { type TokenSecret, tokenSecret } from './account-token.ts';
import { applyObject } from './apply-objects.ts';
import { releaseOf } from './releases.ts';
import { type Call, ISTIO_NAMESPACE, noSuchCommand, notSimulated, type Verb } from './verb.ts';

const READER = 'istio-reader-service-account';

const FLAGS: FlagTable = {
  name: { type: 'text' },
  type: { type: 'text' },
  'auth-type': { type: 'text' },
  'service-account': { type: 'text' },
  'create-service-account': { type: 'boolean' },
};

/** Prints the Secret as YAML, for `kubectl apply -f -` in the cluster of the other istiod. */
export const createRemoteSecret: Verb = {
  flags: { ...FLAGS, server: { type: 'text' }, 'secret-name': { type: 'text' } },
  maxArgs: 0,
  tooMany: noSuchCommand('create-remote-secret'),
  async run(call) {
    const { flags, invocation, istioVersion } = call;
    refuseUnknownKinds(call);
    const name = flags.text('name') ?? (await defaultName(call));
    // Istio's own rule for labels lets upper case pass, which the API server then refuses in the Secret's
    // name (I5).
    if (!/^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name) || name.length > 63) {
      throw new ToolExit(`Error: ${releaseOf(istioVersion).notALabel(name)}`);
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
    invocation.stdout(remoteSecret(call, name, server, secret));
    return 0;
  },
};

/**
 * The same in 1.8, which took the server of the kubeconfig and had no flag for another
 * (istioctl/pkg/multicluster/remote_secret.go, addFlags @1.8.0).
 */
export const createRemoteSecretOf18: Verb = {
  ...createRemoteSecret,
  flags: FLAGS,
  tooMany: noSuchCommand('experimental create-remote-secret'),
};

/**
 * Returns the address by which pods reach the API server. istioctl takes the kubeconfig's address (I5). The
 * kubeconfig of a simulated cluster on this machine names a port of the loopback, and a secret with that
 * address would send istiod to its own pod.
 */
function defaultServer({ client, flags, invocation, istioVersion }: Call): string {
  const hasServer = releaseOf(istioVersion).remoteSecretsBelow === 'root';
  const forPods = invocation.serverForPods?.(flags.text('context'));
  if (forPods === undefined || forPods === client.server) return client.server;
  invocation.stderr(
    `! The secret names the API server by ${forPods}, its address for pods, not by ${client.server}, which ` +
      `only this machine reaches.${hasServer ? ' --server names another.' : ''}\n`,
  );
  return forPods;
}

function refuseUnknownKinds({ flags }: Call): void {
  const type = flags.text('type') ?? 'remote';
  if (type !== 'remote' && type !== 'config') throw new ToolExit(`error: unsupported type: ${type}`);
  const auth = flags.text('auth-type') ?? 'bearer-token';
  if (auth === 'plugin') throw notSimulated('istioctl create-remote-secret --auth-type plugin');
  if (auth !== 'bearer-token') throw new ToolExit(`error: unsupported authentication type: ${auth}`);
}

const missing = (account: string): string =>
  'could not get access token to read resources from local kube-apiserver: failed retrieving service ' +
  `account ${account}.${ISTIO_NAMESPACE} required for creating the remote secret (hint: try installing a minimal ` +
  "Istio profile on the cluster first, or run with '--create-service-account=true'): serviceaccounts " +
  `"${account}" not found`;

async function defaultName({ client, signal }: Call): Promise<string> {
  const namespace = await client.get({ apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' }, signal);
  return namespace.metadata.uid ?? '';
}

/**
 * Makes the account and its rights, as the default profile has them, if it is absent: so the verb works
 * before the remote is installed (I5).
 */
async function ensureAccount(call: Call, account: string): Promise<void> {
  const { client, flags, signal, istioVersion } = call;
  const path = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: ISTIO_NAMESPACE, name: account };
  if (await client.find(path, signal)) return;
  if (flags.text('create-service-account') === 'false') {
    throw new ToolExit(`error: ${missing(account)}`);
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

/** Writes a kubeconfig with the account's token; the fields stand in the order of Go's marshaller. */
function kubeconfigOf(
  name: string,
  server: string,
  { data }: TokenSecret,
  printsEmptyFields: boolean,
): string {
  return dump(
    {
      apiVersion: 'v1',
      clusters: [{ cluster: { 'certificate-authority-data': data?.['ca.crt'] ?? '', server }, name }],
      contexts: [{ context: { cluster: name, user: name }, name }],
      'current-context': name,
      kind: 'Config',
      ...(printsEmptyFields && { preferences: {} }),
      users: [{ name, user: { token: Buffer.from(data?.['token'] ?? '', 'base64').toString() } }],
    },
    { lineWidth: -1, noArrayIndent: true },
  );
}

function remoteSecret(
  { flags, istioVersion }: Call,
  name: string,
  server: string,
  token: TokenSecret,
): string {
  const { printsEmptyFields } = releaseOf(istioVersion);
  const kubeconfig = kubeconfigOf(name, server, token, printsEmptyFields);
  const isConfig = flags.text('type') === 'config';
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      annotations: { 'networking.istio.io/cluster': name },
      ...(printsEmptyFields && { creationTimestamp: null }),
      ...(!isConfig && { labels: { 'istio/multiCluster': 'true' } }),
      name: isConfig ? 'istio-kubeconfig' : `istio-remote-secret-${name}`,
      // The namespace that was asked for wins, if it is another one (I5).
      namespace: flags.text('namespace') ?? ISTIO_NAMESPACE,
    },
    stringData: { [isConfig ? 'config' : name]: kubeconfig },
  };
  return `# This file is autogenerated, do not edit.\n${dump(secret, { lineWidth: -1, noArrayIndent: true })}---\n`;
}
