/**
 * Where the stand-ins get their answers. Each is a script that tells this server, over a socket, what it was
 * called with, and does what it is told: so the real programs' processes, streams, signals and exit codes are
 * there, and what they do is decided in the test.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { sleep, systemClock } from '../../../harness/base/clock.ts';
import { quoteArgv, quoteWord } from '../../../harness/base/quote.ts';
import { KIND_CLUSTER_LABEL, KIND_ROLE_LABEL } from '../../../harness/platform/kind/labels.ts';
import type { Call, Fault } from './calls.ts';
import type { StandInClusters } from './clusters.ts';
import { type Parsed, type ProgramName, parse, Refusal } from './flags.ts';
import { runTool } from './tools.ts';

export interface HubOptions {
  readonly clusters: StandInClusters;
  readonly istio: '1.8.0' | '1.30.3';
  /** Image of the containers that stand in for nodes. */
  readonly nodeImage: string;
  readonly nodeOptions: readonly string[];
}

export class Hub implements AsyncDisposable {
  readonly calls: Call[] = [];
  /** The first that fits a call counts. */
  faults: readonly Fault[] = [];
  /** How long each call takes at least, in milliseconds of the wall's clock. */
  takesMs: (program: ProgramName, argv: readonly string[]) => number = () => 0;
  readonly #options: HubOptions;
  /** The path of a socket may have 107 characters, and that of a test's folder has more. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'mh-hub-'));
  readonly #server = createServer((request, response) => {
    this.#answer(request).then(
      script => response.end(script),
      (error: unknown) => response.end(print(`the stand-in failed: ${String(error)}\n`, 2, 70)),
    );
  });

  constructor(options: HubOptions) {
    this.#options = options;
  }

  get #socket(): string {
    return join(this.#folder, 'hub');
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#socket, resolve));
  }

  /** Writes the script that is called in the program's place. */
  writeProgram(file: string, program: ProgramName): void {
    const variables = ['KIND_EXPERIMENTAL_PROVIDER', 'KIND_EXPERIMENTAL_DOCKER_NETWORK', 'MESH_HARNESS_RUN'];
    const fields = variables.map(name => `--form-string "${name}=$${name}"`).join(' ');
    writeFileSync(
      file,
      [
        '#!/bin/sh',
        `# Stands in for ${program}: asks the test that it belongs to.`,
        'for word; do set -- "$@" --form-string "word=$word"; shift; done',
        `answer=$(curl -sS --unix-socket ${quoteWord(this.#socket)} --form-string program=${program} --form-string "folder=$PWD" \\`,
        `  --form-string "kubeconfig=$KUBECONFIG" ${fields} "$@" -F 'stdin=<-' http://stand-in/) || exit 70`,
        'eval "$answer"',
        '',
      ].join('\n'),
    );
    chmodSync(file, 0o755);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage): Promise<string> {
    const form = await formOf(request);
    if (request.url === '/created') return await this.#created(form);
    const text = (name: string) => String(form.get(name) ?? '');
    const program = text('program') as ProgramName; // of our own script
    const argv = form.getAll('word').map(String);
    const folder = text('folder');
    const stdin = text('stdin');
    const env = Object.fromEntries(
      [...form]
        .filter(([name, value]) => /^[A-Z_]+$/.test(name) && value !== '')
        .map(([name, value]) => [name, String(value)]),
    );
    try {
      const parsed = parse(program, argv, this.#options.istio);
      const call: Call = {
        program,
        argv,
        env,
        folder,
        kubeconfig: text('kubeconfig'),
        stdin,
        files: filesOf(parsed, folder),
        startedAtMs: systemClock.now(),
      };
      this.calls.push(call);
      const script = await this.#run(call, parsed);
      const restMs = this.takesMs(program, argv) - (systemClock.now() - call.startedAtMs);
      if (restMs > 0) await sleep(systemClock, restMs);
      call.endedAtMs = systemClock.now();
      return script;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return print(error.message, 2, error.exitCode);
    }
  }

  async #run(call: Call, parsed: Parsed): Promise<string> {
    const { program, argv } = call;
    const fault = this.faults.find(
      each => each.program === program && argv.join(' ').includes(each.when),
    )?.how;
    switch (fault?.kind) {
      case 'fail':
        await fault.act?.();
        return print(fault.stderr, 2, 1);
      case 'fail-late':
        return this.#runKind(call, parsed, fault.stderr);
      case 'answer':
        return print(fault.stdout, 1, 0);
      case 'hang':
        await fault.act?.();
        return 'exec sleep 3600';
      case 'kill':
        return 'kill -9 $$';
      case 'meanwhile':
        await fault.act();
        break;
      default:
    }
    if (program === 'kind') return this.#runKind(call, parsed);
    const { clusters, istio } = this.#options;
    const { exitCode, stdout, stderr } = await runTool(program, call, clusters, istio);
    return `${print(stdout, 1)}\n${print(stderr, 2, exitCode)}`;
  }

  /** @param failure - what `create cluster` says when it fails with its nodes there */
  #runKind({ env, files }: Call, { command, flags, words }: Parsed, failure?: string): string {
    if (command === 'version') return print(`0.30.0\n`, 1, 0);
    const name = flags['--name']?.[0] ?? 'kind';
    if (command === 'load image-archive') {
      const nodes = `docker ps -q --filter label=${KIND_CLUSTER_LABEL}=${name}`;
      // An archive here is a list of names: the nodes have these from then on.
      return words
        .map(file => quoteWord(file))
        .flatMap(file => [
          `[ -f ${file} ] || { echo ERROR: stat ${file}: no such file or directory >&2; exit 1; }`,
          `for node in $(${nodes}); do docker exec -i $node /bin/sh -c 'cat >> /tmp/archived' < ${file}; done`,
        ])
        .join('\n');
    }
    if (command === 'export logs') {
      // pkg/cluster/internal/providers/docker/provider.go @v0.30.0: one folder for each node, besides what is
      // Docker's own.
      const out = quoteWord(words[0] ?? '');
      return [
        `nodes=$(docker ps -a --filter label=${KIND_CLUSTER_LABEL}=${name} --format '{{.Names}}')`,
        `[ -n "$nodes" ] || { echo 'ERROR: unknown cluster "${name}"' >&2; exit 1; }`,
        `mkdir -p ${out} && docker info > ${out}/docker-info.txt 2>&1`,
        `for node in $nodes; do mkdir -p ${out}/$node; docker inspect $node > ${out}/$node/inspect.json; done`,
        `echo 'Exporting logs for cluster "${name}" to:' >&2; echo ${out}`,
      ].join('\n');
    }
    const config = readConfig(Object.values(files)[0] ?? '');
    const network = env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] ?? 'kind';
    const nodes = config.nodes.map((node, index) => ({
      name: `${name}-${nodeSuffix(index)}`,
      role: node.role,
      mounts: node.extraMounts ?? [],
      index,
    }));
    const kubeconfig = flags['--kubeconfig']?.[0] ?? '';
    const { nodeImage, nodeOptions } = this.#options;
    return [
      // pkg/cluster/internal/providers/docker/provider.go @fed268827e21
      ...(env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] === undefined
        ? []
        : [
            'echo "WARNING: Overriding docker network due to KIND_EXPERIMENTAL_DOCKER_NETWORK" >&2',
            'echo "WARNING: Here be dragons! This is not supported currently." >&2',
          ]),
      `echo 'Creating cluster "${name}" ...' >&2`,
      ...nodes.flatMap(node => [
        // pkg/cluster/internal/providers/docker/provision.go @fed268827e21: names, labels, the anonymous
        // volume, the network.
        `${quoteArgv([
          ...['docker', 'run', '--detach', '--hostname', node.name, '--name', node.name],
          ...['--label', `${KIND_ROLE_LABEL}=${node.role}`, '--label', `${KIND_CLUSTER_LABEL}=${name}`],
          ...['--volume', '/var', '--net', network, ...nodeOptions],
          ...node.mounts.flatMap(({ hostPath, containerPath, readOnly }) => [
            '--volume',
            `${hostPath}:${containerPath}${readOnly ? ':ro' : ''}`,
          ]),
          ...[nodeImage, '/node'],
        ])} >/dev/null || exit 1`,
        quoteArgv([
          ...['docker', 'exec', node.name, '/pod'],
          ...[
            config.networking.podSubnet.replace(/\d+\.\d+\/\d+$/, `${node.index}.0/24`),
            config.networking.podSubnet,
          ],
        ]),
      ]),
      ...(failure === undefined
        ? []
        : [
            print(failure, 2),
            // pkg/cluster/internal/create/create.go @v0.30.0
            ...(flags['--retain']
              ? []
              : [quoteArgv(['docker', 'rm', '-f', '-v', ...nodes.map(node => node.name)])]),
            'exit 1',
          ]),
      `address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${nodes[0]?.name ?? ''})`,
      `answer=$(curl -sS --unix-socket ${quoteWord(this.#socket)} --form-string name=${name} --form-string "address=$address" \\`,
      `  --form-string kubeconfig=${quoteWord(kubeconfig)} --form-string config=${quoteWord(Object.values(files)[0] ?? '')} http://stand-in/created) || exit 70`,
      'eval "$answer"',
    ].join('\n');
  }

  /**
   * The containers are there: the cluster in them comes up, and kind writes its kubeconfig, readable by its
   * owner only.
   */
  async #created(form: FormData): Promise<string> {
    const name = String(form.get('name'));
    const config = readConfig(String(form.get('config')));
    const { kubeconfig } = await this.#options.clusters.create({
      name,
      podSubnet: config.networking.podSubnet,
      serviceSubnet: config.networking.serviceSubnet,
      nodes: config.nodes.length,
      certificateNames: certificateNamesOf(config),
      addresses: [String(form.get('address'))],
    });
    // kind's own end: its containers were made after it had been answered.
    const call = this.calls.findLast(({ argv }) => argv.includes(name));
    if (call) call.endedAtMs = systemClock.now();
    writeFileSync(String(form.get('kubeconfig')), asKindWritesIt(kubeconfig, name), { mode: 0o600 });
    return print(`Set kubectl context to "kind-${name}"\n`, 2, 0);
  }
}

interface KindConfig {
  readonly networking: { readonly podSubnet: string; readonly serviceSubnet: string };
  readonly nodes: readonly {
    readonly role: string;
    readonly extraMounts?: readonly {
      readonly hostPath: string;
      readonly containerPath: string;
      readonly readOnly?: boolean;
    }[];
  }[];
  readonly kubeadmConfigPatches?: readonly string[];
}

const readConfig = (text: string): KindConfig => load(text) as KindConfig; // what the harness has written

/** The list in the patch for ClusterConfiguration: kind up to 0.31 takes it instead of its own. */
function certificateNamesOf({ kubeadmConfigPatches = [] }: KindConfig): readonly string[] {
  return kubeadmConfigPatches.flatMap(patch => {
    const { kind, apiServer } = load(patch) as {
      kind?: string;
      apiServer?: { certSANs?: readonly string[] };
    }; // the harness's own
    return kind === 'ClusterConfiguration' ? (apiServer?.certSANs ?? []) : [];
  });
}

/** pkg/cluster/internal/providers/common/namer.go @fed268827e21 */
const nodeSuffix = (index: number): string =>
  index === 0 ? 'control-plane' : `worker${index === 1 ? '' : String(index)}`;

/** pkg/cluster/internal/kubeconfig/internal/kubeconfig/helpers.go @fed268827e21: KINDClusterKey. */
const asKindWritesIt = (kubeconfig: string, name: string): string =>
  kubeconfig.replaceAll(
    new RegExp(`(name|cluster|user|current-context): ${name}$`, 'gm'),
    `$1: kind-${name}`,
  );

/** Files that are given with -f or --config, save the release's own samples. */
function filesOf({ flags }: Parsed, folder: string): Readonly<Record<string, string>> {
  const names = [...(flags['-f'] ?? []), ...(flags['--filename'] ?? []), ...(flags['--config'] ?? [])];
  const own = names.filter(name => name !== '-' && !name.startsWith('samples/') && !/^https?:/.test(name));
  return Object.fromEntries(
    own.map(name => [name, readText(name.startsWith('/') ? name : join(folder, name))]),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the program itself says that it is not there
  }
}

/** A line of shell that prints a text, and ends if there is an exit code. */
function print(text: string, stream: 1 | 2, exitCode?: number): string {
  const line = text === '' ? ':' : `printf %s ${quoteWord(text)} >&${stream}`;
  return exitCode === undefined ? line : `${line}\nexit ${exitCode}`;
}

async function formOf(request: IncomingMessage): Promise<FormData> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return await new Response(Buffer.concat(chunks), { headers }).formData();
}
