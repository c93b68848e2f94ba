/**
 * `mesh-harness istioctl …`: istioctl as a program, for clusters of the simulator that `up` has left running.
 */
import os from 'node:os';
import { createInterface } from 'node:readline/promises';
import { systemClock } from '../../base/clock.ts';
import { readdirSync, writeFileSync } from '../../base/disk/disk.ts';
import { readTextFile } from '../../base/disk/read-file.ts';
import { codeOf, EXIT, messageOf } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import { createRandom } from '../../base/random.ts';
import { redact } from '../../base/redact.ts';
import { EDITIONS } from '../../plan/plan.ts';
import { type Invocation, ToolExit, UnknownContextError } from '../../tools/embedded/invocation.ts';
import { istioctlOf } from '../../tools/embedded/istioctl/istioctl.ts';
import { kubeconfigFiles, readKubeconfig, type UserKubeconfig } from '../../tools/user-kubeconfig.ts';
import type { Environment } from '../environment.ts';
import { asTyped } from '../launch.ts';
import { readStandardInput } from '../standard-input.ts';

/** How many bytes of a manifest, or of other input of istioctl's, are read. */
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

/**
 * Runs istioctl against the clusters of a kubeconfig.
 * @param argv - all words after `istioctl`; none of them is a flag of the harness
 */
export async function istioctlCommand(argv: readonly string[], environment: Environment): Promise<number> {
  const { signal } = environment;
  const kubeconfig = readKubeconfig(
    kubeconfigFiles(environment.env, os.homedir(), flagValue(argv, 'kubeconfig', 'c')),
  );
  // A context that there is not leaves the release to the others.
  const context = kubeconfig.context(flagValue(argv, 'context')) ?? kubeconfig.context(undefined);
  const { simulated } = context ?? {};
  const connection = new Connection(kubeconfig);
  const invocation = await invocationOf(argv, kubeconfig, connection, environment);
  try {
    const istioVersion = simulated?.istioVersion ?? EDITIONS[0]?.istioVersion ?? '';
    if (!simulated && argv[0] === 'manifest') {
      invocation.stderr(
        `! No simulated cluster says which release this istioctl is of: it answers for ${istioVersion}.\n`,
      );
    }
    return await istioctlOf(istioVersion)(invocation);
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    if (!(error instanceof ToolExit)) throw error;
    invocation.stderr(`${error.message}\n`);
    return error.exitCode;
  } finally {
    connection.close();
  }
}

/** Gives istioctl this process: its streams, its files, its clock, and the clusters of the kubeconfig. */
async function invocationOf(
  argv: readonly string[],
  kubeconfig: UserKubeconfig,
  connection: Connection,
  environment: Environment,
): Promise<Invocation> {
  const { stdout, stderr, env, signal } = environment;
  return {
    argv,
    stdin: argv.some(isStandardInput)
      ? await readStandardInput(signal, process.stdin, MAX_MANIFEST_BYTES)
      : undefined,
    stdout: text => void stdout.write(text),
    stderr: text => void stderr.write(asTyped(redact(text), env)),
    readFile: file => readText(file),
    writeFile: (file, content) => writeFileSync(file, content),
    listFolder: folder => filesIn(folder),
    ask: question => ask(question, environment),
    connect: context => connection.to(context),
    serverForPods: context => kubeconfig.context(context)?.simulated?.inNetworkServer,
    clock: systemClock,
    random: createRandom(String(systemClock.now())),
    signal,
    onProgress: () => {}, // what it waits for is in its output
  };
}

/** The one cluster that a command talks to. */
class Connection {
  readonly #kubeconfig: UserKubeconfig;
  #client: KubernetesClient | undefined;

  constructor(kubeconfig: UserKubeconfig) {
    this.#kubeconfig = kubeconfig;
  }

  to(name: string | undefined): KubernetesClient {
    const context = this.#kubeconfig.context(name);
    if (!context) {
      if (name !== undefined) throw new UnknownContextError(name);
      throw new ToolExit(
        'Error: there is no current context: is KUBECONFIG set? For simulated clusters: eval "$(mesh-harness env)"',
      );
    }
    if (!context.simulated) {
      throw new ToolExit(
        `Error: "${context.name}" is no simulated cluster, and this istioctl installs in no other. Use Istio's own there.`,
      );
    }
    this.#client ??= new KubernetesClient(this.#kubeconfig.text, { context: context.name });
    return this.#client;
  }

  close(): void {
    this.#client?.close();
  }
}

/**
 * Finds the last value of a flag, anywhere in the command line, which can be parsed in full only when the
 * release is known.
 */
function flagValue(argv: readonly string[], name: string, short?: string): string | undefined {
  let value: string | undefined;
  for (const [index, word] of argv.entries()) {
    if (word === '--') break;
    if (word === `--${name}` || (short !== undefined && word === `-${short}`)) value = argv[index + 1];
    else if (word.startsWith(`--${name}=`)) value = word.slice(name.length + 3);
  }
  return value;
}

/**
 * Tells whether a word stands for standard input. Nothing else reads it: a program must not wait for a
 * terminal that nobody types into.
 */
const isStandardInput = (word: string): boolean =>
  word === '-' || word === '-f-' || /^(-f|--filename)=-$/.test(word);

/** Asks a question on the terminal. The end of the input is an empty answer. */
async function ask(question: string, { stdout, signal }: Environment): Promise<string> {
  const lines = createInterface({ input: process.stdin, ...(process.stdin.isTTY && { output: stdout }) });
  // On a terminal the reader takes Ctrl-C for itself.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  if (!process.stdin.isTTY) stdout.write(question);
  try {
    const closed = new Promise<string>(resolve => lines.once('close', () => resolve('')));
    return await Promise.race([lines.question(process.stdin.isTTY ? question : '', { signal }), closed]);
  } finally {
    lines.close();
  }
}

function readText(file: string): string {
  try {
    return readTextFile(file, MAX_MANIFEST_BYTES);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT')
      throw Object.assign(new Error(`open ${file}: no such file or directory`), { code });
    throw new ToolExit(`Error: ${messageOf(error)}`);
  }
}

function filesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ name }) => name)
      .sort();
  } catch {
    return undefined;
  }
}
