/** The tools of a plan as the real programs, in a folder of their own that is removed with them. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { rm } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { argvOf, environmentOf, substitute } from '../model/argv.ts';
import type { Command, CommandResult, PlanFile } from '../model/command.ts';
import { type EditionName, runGatewayScript } from '../model/east-west-gateway.ts';
import { mergeKubeconfigs } from '../model/kubeconfig.ts';
import { createMeshCertificates } from '../model/mesh-certificates.ts';
import type { ClusterName } from '../model/names.ts';
import type { Cluster } from '../platform/platform.ts';
import { findProgram } from '../process/find.ts';
import { runProcess } from '../process/run.ts';
import { withApiFault } from './api-fault.ts';
import { clientVersion } from './client-version.ts';
import { makePrivateFolder, writePrivately } from './private-folder.ts';
import type { RunCommandOptions, Tools } from './tools.ts';

/** What the programs work on, and where they lie. */
export interface ProcessToolsOptions {
  readonly clusters: ReadonlyMap<ClusterName, Cluster>;
  /** What lies in the working folder from the beginning: `samples/…` → text. */
  readonly samples: ReadonlyMap<string, string>;
  /** Of the guide: chooses the form of the gateway script where none can be run. */
  readonly edition: EditionName;
  /** Paths of the programs; found on PATH by default. */
  readonly binaries?: { readonly kubectl?: string; readonly istioctl?: string; readonly helm?: string };
  /** Laid over this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the working folder is made; the system's folder for temporary files by default. */
  readonly parentFolder?: string;
}

const SCRIPT = 'samples/multicluster/gen-eastwest-gateway.sh';
const VERSION_TIMEOUT_MS = 15_000;

/**
 * Makes a working folder with the samples and one kubeconfig for all clusters, which nobody else can read.
 * Removes the folders that killed processes have left behind.
 */
export async function createProcessTools(options: ProcessToolsOptions): Promise<Tools> {
  const folder = makePrivateFolder(options.parentFolder ?? tmpdir());
  try {
    const tools = new ProcessTools(folder, options);
    await tools.prepare();
    return tools;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

class ProcessTools implements Tools {
  readonly name = 'process';
  readonly #folder: string;
  readonly #options: ProcessToolsOptions;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(folder: string, options: ProcessToolsOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#env = {
      ...options.env,
      KUBECONFIG: join(folder, 'kubeconfig'),
      // The gateway script of 1.8 would take these for its flags.
      MESH: undefined,
      CLUSTER: undefined,
      NETWORK: undefined,
    };
  }

  async prepare(): Promise<void> {
    for (const [path, text] of this.#options.samples) {
      await writePrivately(this.#folder, path, text, { isProgram: path.endsWith('.sh') });
    }
    const kubeconfigs = new Map(
      [...this.#options.clusters].map(([name, cluster]) => [name, cluster.kubeconfig('this-machine')]),
    );
    await writePrivately(this.#folder, 'kubeconfig', mergeKubeconfigs(kubeconfigs));
  }

  async versions(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const [kubectl, istioctl] = await Promise.all([
      this.#ask('kubectl', ['version', '--client', '-o', 'json'], signal),
      this.#ask('istioctl', ['version', '--remote=false'], signal),
    ]);
    return { kubectl: clientVersion(kubectl), istioctl: istioctl.trim().split(/\s+/).at(-1) ?? '' };
  }

  async #ask(tool: 'kubectl' | 'istioctl', args: readonly string[], signal: AbortSignal): Promise<string> {
    const result = await this.#start(this.#program(tool), args, { timeoutMs: VERSION_TIMEOUT_MS, signal });
    if (result.exitCode === 0) return result.stdout;
    signal.throwIfAborted();
    throw new HarnessError('ERR_TOOL', `${tool} does not tell its version: ${redact(result.stderr.trim())}`, {
      hint: `Is ${tool} installed and on PATH? mesh-harness doctor says what is needed and where to get it.`,
    });
  }

  async writeFile(file: PlanFile, variables: ReadonlyMap<string, string>): Promise<void> {
    await writePrivately(this.#folder, file.path, substitute(file.content, variables));
  }

  async run(command: Command, options: RunCommandOptions): Promise<CommandResult> {
    const { variables, signal, onProgress } = options;
    const args = argvOf(command, variables);
    const stdin =
      options.stdin ?? (command.stdin === undefined ? undefined : substitute(command.stdin, variables));
    const own = environmentOf(command, variables);
    const how = {
      env: own,
      timeoutMs: command.timeoutMs,
      signal,
      ...(stdin !== undefined && { stdin }),
      ...(onProgress && command.tool === 'istioctl' && { onLine: onProgress }),
    };
    switch (command.tool) {
      case 'kubectl':
      case 'istioctl':
        return withApiFault(await this.#start(this.#program(command.tool), args, how));
      case 'helm':
        return await this.#start(this.#program('helm'), args, how);
      case 'gen-eastwest-gateway':
        return await this.#runScript(args, how);
      case 'certs':
        return await this.#makeCertificates(args);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #program(tool: 'kubectl' | 'istioctl' | 'helm'): string {
    return this.#options.binaries?.[tool] ?? findProgram(tool) ?? tool;
  }

  #start(file: string, args: readonly string[], how: Omit<Parameters<typeof runProcess>[2], 'cwd'>) {
    return runProcess(file, args, { ...how, cwd: this.#folder, env: { ...this.#env, ...how.env } });
  }

  /** Runs the script among the samples; without a bash, returns what the script would print. */
  async #runScript(
    args: readonly string[],
    how: Omit<Parameters<typeof runProcess>[2], 'cwd'>,
  ): Promise<CommandResult> {
    const bash = findProgram('bash');
    if (bash && this.#options.samples.has(SCRIPT)) return await this.#start(bash, [SCRIPT, ...args], how);
    return runGatewayScript(this.#options.edition, args, how.env);
  }

  async #makeCertificates(args: readonly string[]): Promise<CommandResult> {
    const at = args.indexOf('--out');
    const out = at < 0 ? '.' : (args[at + 1] ?? '.');
    const clusters = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
    const files = await createMeshCertificates(clusters, systemClock.now());
    for (const [path, text] of files) await writePrivately(this.#folder, join(out, path), text);
    return {
      exitCode: 0,
      stdout: [...files.keys()].map(path => `${join(out, path)}\n`).join(''),
      stderr: '',
    };
  }
}
