/**
 * Where the stand-ins get their answers. Each is a script that tells this server, over a socket, what it was
 * called with, and does what it is told: so the real programs' processes, streams, signals and exit codes are
 * there, and what they do is decided in the test.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock } from '../../../harness/base/clock.ts';
import { quoteWord } from '../../../harness/base/quote.ts';
import type { Call, CreationFailure, Fault } from './calls.ts';
import type { StandInClusters } from './clusters.ts';
import { type Parsed, type ProgramName, parse, Refusal } from './flags.ts';
import { asKindWritesIt, type CreationOptions, certificateNamesOf, readConfig } from './kind-creation.ts';
import { kindScript } from './kind-program.ts';
import { PROXY_VARIABLES } from './kind-proxies.ts';
import { LateCluster, type Lateness } from './late-nodes.ts';
import { print } from './shell.ts';
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
  /** How long each call takes at least, in milliseconds of the wall's clock; asked when its work is done. */
  takesMs: (call: Call) => number = () => 0;
  /** Of what a creation takes, the part after its API server has answered. */
  restMs = 0;
  /** When nodes and name servers are ready; at once by default. */
  lateness: Lateness | undefined;
  /** When the nodes and the name server of a cluster became ready, if they were late. */
  readonly readied: { readonly cluster: string; readonly what: string; readonly atMs: number }[] = [];
  readonly #held: (() => void)[] = [];
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
    const variables = [
      ...['KIND_EXPERIMENTAL_PROVIDER', 'KIND_EXPERIMENTAL_DOCKER_NETWORK', 'MESH_HARNESS_RUN'],
      ...PROXY_VARIABLES,
    ];
    const fields = variables.map(name => `--form-string "${name}=$${name}"`).join(' ');
    writeFileSync(
      file,
      [
        '#!/bin/sh',
        `# Stands in for ${program}: asks the test that it belongs to.`,
        'for word; do set -- "$@" --form-string "word=$word"; shift; done',
        `answer=$(curl -sS --noproxy '*' --unix-socket ${quoteWord(this.#socket)} --form-string program=${program} --form-string "folder=$PWD" \\`,
        `  --form-string "kubeconfig=$KUBECONFIG" ${fields} "$@" -F 'stdin=<-' http://stand-in/) || exit 70`,
        'eval "$answer"',
        '',
      ].join('\n'),
    );
    chmodSync(file, 0o755);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const giveUp of this.#held) giveUp();
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
        .filter(([name, value]) => (/^[A-Z_]+$/.test(name) || PROXY_VARIABLES.includes(name)) && value !== '')
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
      // kind goes on when its containers are there: `#created`.
      if (parsed.command !== 'create cluster') await this.#takeTime(call);
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
        await fault.act?.();
        return kindScript(call, parsed, this.#kindWorld({ at: 'nodes are there', ...fault }));
      case 'fail-at':
        return kindScript(call, parsed, this.#kindWorld(fault.failure));
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
    const { clusters, istio } = this.#options;
    if (parsed.command === 'load image-archive') {
      const references = parsed.words.flatMap(file => readText(file).split('\n'));
      clusters.load(parsed.flags['--name']?.[0] ?? '', references);
    }
    if (program === 'kind') return kindScript(call, parsed, this.#kindWorld());
    const { exitCode, stdout, stderr } = await runTool(program, call, clusters, istio);
    return `${print(stdout, 1)}\n${print(stderr, 2, exitCode)}`;
  }

  /** Waits until a call has taken its time. */
  async #takeTime(call: Call, laterMs = 0): Promise<void> {
    const restMs = this.takesMs(call) - laterMs - (systemClock.now() - call.startedAtMs);
    if (restMs > 0) await sleep(systemClock, restMs);
  }

  #kindWorld(failure?: CreationFailure): CreationOptions {
    const { nodeImage, nodeOptions } = this.#options;
    return {
      ...{ nodeImage, nodeOptions, socket: this.#socket },
      ...(failure !== undefined && { failure }),
      ...(this.restMs > 0 && { restSeconds: this.restMs / 1000 }),
    };
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
    const call = this.calls.findLast(({ argv }) => argv[0] === 'create' && argv.includes(name));
    const { lateness } = this;
    const late = lateness && (await LateCluster.holdBack(kubeconfig));
    if (late) this.#held.push(() => late.giveUp());
    const { restMs } = this;
    if (call) await this.#takeTime(call, restMs);
    // kind's own end: its containers were made after it had been answered.
    if (call) call.endedAtMs = systemClock.now() + restMs;
    if (lateness)
      void sleep(systemClock, restMs).then(() =>
        late?.release(lateness, what => this.readied.push({ cluster: name, what, atMs: systemClock.now() })),
      );
    writeFileSync(String(form.get('kubeconfig')), asKindWritesIt(kubeconfig, name), { mode: 0o600 });
    return '';
  }
}

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

async function formOf(request: IncomingMessage): Promise<FormData> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return await new Response(Buffer.concat(chunks), { headers }).formData();
}
