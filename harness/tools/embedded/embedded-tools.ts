/**
 * The tools of a plan inside our process: kubectl, istioctl, the gateway script and the maker of
 * certificates, without a binary.
 */
import type { Clock } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import { jointClient } from '../../base/joint-client.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { Random } from '../../base/random.ts';
import { argvOf, environmentOf, substitute } from '../../model/argv.ts';
import type { Command, CommandResult, PlanFile, ToolName } from '../../model/command.ts';
import { type EditionName, runGatewayScript } from '../../model/east-west-gateway.ts';
import { serverOf } from '../../model/kubeconfig.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Cluster } from '../../platform/platform.ts';
import type { RunCommandOptions, Tools } from '../tools.ts';
import { certs } from './certs.ts';
import { type Program, ToolExit, UnknownContextError } from './invocation.ts';
import { istioctlOf } from './istioctl/istioctl.ts';
import { KUBECTL_VERSION, kubectl } from './kubectl/kubectl.ts';
import { runProgram } from './run-program.ts';
import { WorkingFolder } from './working-folder.ts';

export interface EmbeddedToolsOptions {
  /** A context of the kubeconfig for each; the first is the current one. */
  readonly clusters: ReadonlyMap<ClusterName, Cluster>;
  readonly clock: Clock;
  readonly random: Random;
  /** What lies in the working folder from the beginning: `samples/…` → text. */
  readonly samples: ReadonlyMap<string, string>;
  /** The release of istioctl, `plan.istioVersion`: `1.8.0`, `1.30.3`. */
  readonly istioVersion: string;
}

/**
 * @returns tools with a working folder and connections of their own; dispose of them to close the connections
 */
export function createEmbeddedTools(options: EmbeddedToolsOptions): Tools {
  const { clock, random, istioVersion } = options;
  const folder = new WorkingFolder(options.samples);
  const connections = new Connections(options.clusters);
  const programs: Readonly<Record<ToolName, Program>> = {
    kubectl,
    istioctl: istioctlOf(istioVersion),
    'gen-eastwest-gateway': gatewayScript(istioVersion.startsWith('1.8.') ? '1.8' : 'current'),
    certs,
    helm: async () => {
      throw new ToolExit('not simulated by mesh-harness: helm');
    },
  };
  return {
    name: 'embedded',
    versions: async () => ({ kubectl: KUBECTL_VERSION, istioctl: istioVersion }),
    writeFile: async (file: PlanFile, variables) =>
      folder.write(file.path, substitute(file.content, variables)),
    run: async (
      command: Command,
      { stdin, variables, signal, onProgress }: RunCommandOptions,
    ): Promise<CommandResult> => {
      const program = programs[command.tool];
      if (!program) throw new HarnessError('ERR_TOOL', `There is no embedded "${command.tool}".`);
      const invocation = {
        argv: argvOf(command, variables),
        environment: environmentOf(command, variables),
        stdin: stdin ?? (command.stdin === undefined ? undefined : substitute(command.stdin, variables)),
        readFile: (path: string) => folder.read(path),
        writeFile: (path: string, text: string) => folder.write(path, text),
        listFolder: (path: string) => folder.list(path),
        connect: (context: string | undefined, kubeconfig?: string) => connections.to(context, kubeconfig),
        serverForPods: (context: string | undefined) => connections.serverForPods(context),
        clock,
        random,
        signal,
        onProgress: onProgress ?? (() => {}),
      };
      return await runProgram(program, invocation, command.timeoutMs);
    },
    [Symbol.asyncDispose]: async () => connections.close(),
  };
}

/** A connection to each cluster, made when it is first needed. */
class Connections {
  readonly #clusters: ReadonlyMap<ClusterName, Cluster>;
  readonly #clients = new Map<string, KubernetesClient>();

  constructor(clusters: ReadonlyMap<ClusterName, Cluster>) {
    this.#clusters = clusters;
  }

  to(context: string | undefined, kubeconfig?: string): KubernetesClient {
    if (kubeconfig !== undefined)
      throw new ToolExit('Error: --kubeconfig is not available inside this process');
    const cluster = this.#clusterOf(context);
    const known = this.#clients.get(cluster.name);
    if (known) return known;
    const client = jointClient(cluster);
    this.#clients.set(cluster.name, client);
    return client;
  }

  serverForPods(context: string | undefined): string | undefined {
    return serverOf(this.#clusterOf(context).kubeconfig('other-clusters'));
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #clusterOf(context: string | undefined): Cluster {
    const name = context ?? [...this.#clusters.keys()][0] ?? '';
    const cluster = [...this.#clusters.values()].find(each => each.name === name);
    if (!cluster) throw new UnknownContextError(name);
    return cluster;
  }
}

const gatewayScript =
  (edition: EditionName): Program =>
  async invocation => {
    const { exitCode, stdout, stderr } = runGatewayScript(edition, invocation.argv, invocation.environment);
    invocation.stdout(stdout);
    invocation.stderr(stderr);
    return exitCode;
  };
