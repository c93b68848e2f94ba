/**
 * kubectl and istioctl of the stand-ins: strict readers of command lines, and behind them our own, on the
 * kubeconfig that they were given.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../harness/base/random.ts';
import type { CommandResult } from '../../../harness/model/command.ts';
import { type Invocation, UnknownContextError } from '../../../harness/tools/embedded/invocation.ts';
import { istioctlOf } from '../../../harness/tools/embedded/istioctl/istioctl.ts';
import { kubectl } from '../../../harness/tools/embedded/kubectl/kubectl.ts';
import { runProgram } from '../../../harness/tools/embedded/run-program.ts';
import type { Call } from './calls.ts';
import type { StandInClusters } from './clusters.ts';

const LONG_MS = 10 * 60_000;
/** What the program says of itself; the API servers behind it are of another version. */
const KUBECTL_VERSIONS = { '1.8.0': 'v1.21.14', '1.30.3': 'v1.34.0' } as const;

export async function runTool(
  program: 'kubectl' | 'istioctl',
  { argv, folder, stdin, kubeconfig }: Call,
  clusters: StandInClusters,
  istio: '1.8.0' | '1.30.3',
): Promise<CommandResult> {
  if (program === 'kubectl' && argv.includes('--client')) {
    const json = { clientVersion: { gitVersion: KUBECTL_VERSIONS[istio] } };
    return { exitCode: 0, stdout: `${JSON.stringify(json)}\n`, stderr: '' };
  }
  const clients: KubernetesClient[] = [];
  const at = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  const connect = (context: string | undefined, file = kubeconfig): KubernetesClient => {
    const text = readFileSync(file, 'utf8');
    const client = clientOf(text, context, clusters);
    clients.push(client);
    return client;
  };
  const invocation: Omit<Invocation, 'stdout' | 'stderr'> = {
    argv,
    stdin,
    readFile: path => readFileSync(at(path), 'utf8'),
    writeFile: (path, content) => writeFileSync(at(path), content),
    listFolder: path => {
      try {
        return readdirSync(at(path)).sort();
      } catch {
        return undefined;
      }
    },
    connect,
    clock: systemClock,
    random: createRandom(argv.join(' ')),
    signal: new AbortController().signal,
    onProgress: () => {},
  };
  try {
    const result = await runProgram(program === 'kubectl' ? kubectl : istioctlOf(istio), invocation, LONG_MS);
    return program === 'istioctl' && argv.includes('install') && istio !== '1.8.0' ? asDrawn(result) : result;
  } finally {
    for (const client of clients) client.close();
  }
}

/**
 * The real `istioctl install` draws a ship on standard error before anything else, and tells its progress
 * there too (istio/istio operator/cmd/mesh/install.go, pkg/art/istio-ascii.txt, operator/pkg/util/progress
 * @1.24.0, @1.30.3). The drawing here is of the same characters, and of our own hand.
 */
const asDrawn = ({ stdout, stderr, ...result }: CommandResult): CommandResult => ({
  ...result,
  stdout: '',
  stderr: `      |\\       \n    /||  \\     \n   / ||   \\    \n  /__||____\\   \n____________________\n  \\_____/   \n\n${stdout}${stderr}`,
});

/**
 * An address of loopback is dialled; any other is a node's, which only the simulated network of the run
 * knows.
 */
function clientOf(text: string, context: string | undefined, clusters: StandInClusters): KubernetesClient {
  let client: KubernetesClient;
  try {
    client = new KubernetesClient(text, context === undefined ? {} : { context });
  } catch {
    throw new UnknownContextError(context ?? '');
  }
  const { hostname } = new URL(client.server);
  if (hostname === '127.0.0.1') return client;
  client.close();
  const machine = clusters.machineWith(hostname);
  return new KubernetesClient(text, {
    ...(context !== undefined && { context }),
    dial: (host, port) => machine.connect(host, port),
  });
}
