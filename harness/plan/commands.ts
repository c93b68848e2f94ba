/** The commands that the guide's steps are made of. */
import type { Command } from '../model/command.ts';
import type { ClusterName } from '../model/names.ts';

/** Milliseconds for a command that only asks or tells an API server something. */
export const QUICK_MS = 60_000;
/**
 * istioctl waits up to five minutes for each of its components and reports that itself; only beyond that does
 * it count as hung.
 */
export const INSTALL_MS = 15 * 60_000;
/** Milliseconds until a load balancer must have given an address. */
const ADDRESS_MS = 180_000;
/** Seconds that kubectl waits for a Deployment. */
const DEPLOYMENT_SECONDS = 180;
/** Milliseconds for ten requests of at most 15 s each. */
const REQUESTS_MS = 180_000;

export const kubectl = (
  cluster: ClusterName,
  args: readonly string[],
  more: Partial<Command> = {},
): Command => ({
  tool: 'kubectl',
  cluster,
  args,
  timeoutMs: QUICK_MS,
  ...more,
});

export const istioctl = (
  cluster: ClusterName,
  args: readonly string[],
  more: Partial<Command> = {},
): Command => ({
  tool: 'istioctl',
  cluster,
  args,
  timeoutMs: QUICK_MS,
  ...more,
});

/** Certificates for all clusters, in the folder `certs`. */
export const makeCertificates = (clusters: readonly ClusterName[]): Command => ({
  tool: 'certs',
  args: ['--out', 'certs', ...clusters],
  timeoutMs: QUICK_MS,
});

export const createCacerts = (cluster: ClusterName): Command =>
  kubectl(cluster, [
    ...['create', 'secret', 'generic', 'cacerts', '-n', 'istio-system'],
    ...['ca-cert.pem', 'ca-key.pem', 'root-cert.pem', 'cert-chain.pem'].map(
      file => `--from-file=certs/${cluster}/${file}`,
    ),
  ]);

export const installFile = (cluster: ClusterName): Command =>
  istioctl(cluster, ['install', '-y', '-f', `${cluster}.yaml`], { timeoutMs: INSTALL_MS });

/** Returns the gateway script, and istioctl, which installs what the script prints. */
export const installGateway = (cluster: ClusterName, args: readonly string[]): readonly Command[] => [
  { tool: 'gen-eastwest-gateway', args, output: { to: 'next-command' }, timeoutMs: QUICK_MS },
  istioctl(cluster, ['install', '-y', '-f', '-'], { timeoutMs: INSTALL_MS }),
];

export const applySample = (cluster: ClusterName, file: string, ...more: readonly string[]): Command =>
  kubectl(cluster, ['apply', '-f', `samples/${file}`, ...more]);

/** Asks for the address of the east-west gateway until there is one. */
export const awaitGatewayAddress = (cluster: ClusterName, variable: string): Command =>
  kubectl(
    cluster,
    [
      '-n',
      'istio-system',
      'get',
      'svc',
      'istio-eastwestgateway',
      '-o',
      'jsonpath={.status.loadBalancer.ingress[0].ip}',
    ],
    {
      output: { to: 'variable', name: variable },
      awaits: `the east-west gateway of ${cluster} to be given an address`,
      timeoutMs: ADDRESS_MS,
    },
  );

/**
 * Returns the commands that make the remote secret of one cluster and apply it in another.
 * @param verb - `['x', 'create-remote-secret']` until it left the experimental commands
 */
export const createRemoteSecret = (
  verb: readonly string[],
  watched: ClusterName,
  holder: ClusterName,
): readonly Command[] => [
  istioctl(watched, [...verb, `--name=${watched}`], { output: { to: 'next-command' } }),
  kubectl(holder, ['apply', '-f', '-']),
];

export const waitForDeployment = (cluster: ClusterName, name: string): Command =>
  kubectl(
    cluster,
    [
      'wait',
      '--for=condition=Available',
      `deployment/${name}`,
      '-n',
      'sample',
      `--timeout=${DEPLOYMENT_SECONDS}s`,
    ],
    { awaits: `${name} in ${cluster} to be available`, timeoutMs: DEPLOYMENT_SECONDS * 1000 + QUICK_MS },
  );

/**
 * Returns the commands that find the client's pod and send ten requests from it; the guide repeats its one.
 */
export const callHelloWorld = (
  cluster: ClusterName,
  client: string,
  variable: string,
): readonly Command[] => [
  kubectl(
    cluster,
    ['get', 'pod', '-n', 'sample', '-l', `app=${client}`, '-o', 'jsonpath={.items[0].metadata.name}'],
    {
      output: { to: 'variable', name: variable },
    },
  ),
  kubectl(
    cluster,
    [
      ...['exec', '-n', 'sample', '-c', client, `\${${variable}}`, '--'],
      ...['curl', '-sS', '-m', '15', 'helloworld.sample:5000/hello?[1-10]'],
    ],
    { timeoutMs: REQUESTS_MS },
  ),
];
