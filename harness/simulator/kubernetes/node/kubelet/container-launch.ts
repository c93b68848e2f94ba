/** The way from a container's specification to its running process: image, variables, files, program. */
import { sleep } from '../../../../base/clock.ts';
import type { ContainerFiles, Image, ProcessNote } from '../../../program.ts';
import { type Container, timestamp } from '../../client/kinds.ts';
import { Backoff } from './backoff.ts';
import type { ContainerProbes } from './container-probes.ts';
import type { ContainerRecord } from './container-record.ts';
import { ContainerConfigError, expand } from './environment.ts';
import { pullPatiently, RETRY_MS } from './patient-pull.ts';
import { type Process, startProcess } from './process.ts';
import { argvOf, findProgram, ProgramNotFound } from './program-lookup.ts';
import type { RunnerContext } from './runner-context.ts';

/** The milliseconds that runtime and kubelet take to make a container, and to notice that one has ended. */
export const START_MS = 120;

/** One run of a container, and what other programs that are run in it have to know. */
export interface Running {
  readonly process: Process;
  readonly image: Image;
  readonly env: Readonly<Record<string, string>>;
  readonly files: ContainerFiles;
  readonly uid: number;
  readonly startedAt: string;
  /** Programs that `kubectl exec`, probes and hooks run beside the main one. */
  readonly execs: Set<Process>;
  probes: ContainerProbes | undefined;
}

/** A run of which everything is known but its process. */
type Prepared = Omit<Running, 'process' | 'execs' | 'probes'> & { readonly argv: readonly string[] };

/** Starts one container's program, as often as it is asked to. */
export class ContainerLaunch {
  readonly #container: Container;
  readonly #context: RunnerContext;
  readonly #record: ContainerRecord;
  readonly #signal: AbortSignal;
  readonly #pulls: Backoff;

  /** @param signal - ends all waiting */
  constructor(container: Container, context: RunnerContext, record: ContainerRecord, signal: AbortSignal) {
    this.#container = container;
    this.#context = context;
    this.#record = record;
    this.#signal = signal;
    this.#pulls = new Backoff(context.clock);
  }

  /**
   * Starts the container once, however long its image and its variables take.
   * @returns undefined if the program could not be started: the record says so
   * @throws the signal's reason
   */
  async launch(): Promise<Running | undefined> {
    const image = await this.#pull();
    const env = await this.#environment(image);
    await sleep(this.#context.clock, START_MS, this.#signal);
    const prepared = this.#prepare(image, env);
    try {
      return { ...prepared, process: this.#startProcess(prepared), execs: new Set(), probes: undefined };
    } catch (error) {
      if (!(error instanceof ProgramNotFound)) throw error;
      this.#failed(error);
      return undefined;
    }
  }

  async #pull(): Promise<Image> {
    const { images, clock } = this.#context;
    const { image, id } = await pullPatiently(this.#container, {
      images,
      clock,
      backoff: this.#pulls,
      signal: this.#signal,
      event: (type, reason, message) => this.#event(type, reason, message),
      onWaiting: waiting => this.#record.waits(waiting),
    });
    this.#record.pulled(id);
    return image;
  }

  async #environment(image: Image): Promise<Record<string, string>> {
    for (;;) {
      try {
        return this.#context.environment(this.#container, image);
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        this.#event('Warning', 'Failed', `Error: ${error.message}`);
        this.#record.waits({ reason: 'CreateContainerConfigError', message: error.message });
        await sleep(this.#context.clock, RETRY_MS, this.#signal);
      }
    }
  }

  #prepare(image: Image, env: Record<string, string>): Prepared {
    const { clock, random, defaultUser } = this.#context;
    const { name, command, args, securityContext } = this.#container;
    this.#record.created(random.text(64, '0123456789abcdef'));
    this.#event('Normal', 'Created', `Created container: ${name}`);
    return {
      image,
      env,
      argv: argvOf(image, command, args).map(word => expand(word, env)),
      uid: securityContext?.runAsUser ?? defaultUser ?? image.user,
      files: this.#context.files(this.#container),
      startedAt: timestamp(clock.now()),
    };
  }

  /** @throws ProgramNotFound */
  #startProcess({ image, argv, env, uid, files }: Prepared): Process {
    const { clock, random, podNetwork, hostname, onNote } = this.#context;
    const log = this.#record.beginLog();
    const trace = onNote && ((note: ProcessNote) => onNote(this.#container.name, note));
    const write = (stream: 'stdout' | 'stderr') => (text: string) => {
      log.append(text, clock.now());
      trace?.({ kind: 'output', stream, text });
    };
    return startProcess({
      main: findProgram(image, argv[0] ?? ''),
      argv,
      env,
      uid,
      hostname,
      files,
      network: podNetwork,
      clock,
      random: random.stream(`run/${this.#record.startCount}`),
      stdout: write('stdout'),
      stderr: write('stderr'),
      ...(trace && { trace }),
    });
  }

  #failed({ message: why }: ProgramNotFound): void {
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}: unknown`;
    this.#event('Warning', 'Failed', `Error: ${message}`);
    this.#record.ended({ exitCode: 128, reason: 'StartError', startedAt: null, message });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.event(this.#container, type, reason, message);
  }
}
