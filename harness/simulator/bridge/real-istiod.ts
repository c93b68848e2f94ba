/**
 * The real `pilot-discovery`, a program of this machine, as the program of istiod's pods: the virtual network
 * is joined to loopback, the container's files are a folder. On the wall's clock only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { makeTemporaryFolderSync, rmSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY } from '../../base/disk/modes.ts';
import type { Main, ProcessContext } from '../program.ts';
import {
  childEnvironment,
  IN_CLUSTER_FILE,
  inClusterKubeconfig,
  movedArgument,
} from './child-environment.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { exposePorts } from './exposed-ports.ts';
import { freePorts } from './free-ports.ts';
import { istiodPorts } from './istiod-ports.ts';
import { PrivateFiles } from './private-files.ts';

/** Begins the names of the programs' folders; the id of the process that made it comes next. */
export const FOLDER_PREFIX = 'mesh-harness-istiod-';

/** The istiods that one world runs. Disposal ends those that are left, and removes their folders. */
export class RealIstiod implements AsyncDisposable {
  readonly #path: string;
  readonly #running = new Set<Promise<unknown>>();
  readonly #children = new Set<ChildProcess>();

  /** @param file - the absolute path of `pilot-discovery` */
  constructor(file: string) {
    this.#path = file;
  }

  /** Runs the program in a pod until it ends. @returns its exit code */
  readonly main: Main = context => {
    const run = this.#run(context);
    const ended = run.catch(() => {});
    this.#running.add(ended);
    ended.then(() => this.#running.delete(ended));
    return run;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(this.#running);
  }

  async #run(context: ProcessContext): Promise<number> {
    const { argv, env, files, network, clock } = context;
    const folder = makeTemporaryFolderSync(path.join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', remove);
    const mirror = new PrivateFiles(folder, files, clock);
    const proxy = await startConnectProxy(network);
    try {
      mirror.start();
      writeFileSync(path.join(folder, IN_CLUSTER_FILE), inClusterKubeconfig(env, folder), {
        mode: OWNER_ONLY,
      });
      const ports = istiodPorts(argv);
      const loopbackPorts = await freePorts(ports.length);
      const portOf = (at: number) => loopbackPorts[at] ?? 0;
      exposePorts(
        network,
        ports.map(({ address, podPort }, at) => ({ address, podPort, loopbackPort: portOf(at) })),
      );
      const args = argv.slice(1).map(word => movedArgument(folder, word));
      return await this.#spawn(
        [...args, ...ports.map(({ argument }, at) => argument(portOf(at)))],
        childEnvironment(env, folder, proxy.url),
        folder,
        context,
      );
    } finally {
      mirror.stop();
      proxy.close();
      remove();
      process.off('exit', remove);
    }
  }

  async #spawn(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
    { stdout, stderr, signal }: ProcessContext,
  ): Promise<number> {
    signal.throwIfAborted();
    const child = spawn(this.#path, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    const terminate = () => child.kill('SIGTERM');
    // Whatever ends this process, by a signal excepted that nobody can catch.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    signal.addEventListener('abort', terminate, { once: true });
    child.stdout.setEncoding('utf8').on('data', stdout);
    child.stderr.setEncoding('utf8').on('data', stderr);
    try {
      const [code, name] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      return code ?? 128 + (name ? constants.signals[name] : 0);
    } finally {
      this.#children.delete(child);
      process.off('exit', kill);
      signal.removeEventListener('abort', terminate);
    }
  }
}
