/**
 * A small world for the runner: a platform without clusters, a clock that jumps, and tools whose commands are
 * TypeScript functions.
 */
import type { Clock, Timer } from '../../harness/base/clock.ts';
import { sleep } from '../../harness/base/clock.ts';
import type { Command, CommandResult } from '../../harness/model/command.ts';
import { clusterName, networkName } from '../../harness/model/names.ts';
import type { Topology } from '../../harness/model/topology.ts';
import type { Plan, Step } from '../../harness/plan/step.ts';
import type { Cluster, Platform, StartedPlatform } from '../../harness/platform/platform.ts';
import type { RunCommandOptions, Tools } from '../../harness/tools/tools.ts';

/** Jumps to the next timer as soon as nothing else is to be done. */
export class JumpingClock implements Clock {
  readonly kind = 'virtual';
  #nowMs = 1_000_000;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  #armed = false;

  now(): number {
    return this.#nowMs;
  }
  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    this.#arm();
    return timer as unknown as Timer; // opaque to everyone else
  }
  clearTimeout(timer: Timer | undefined): void {
    this.#timers.delete(timer as unknown as { atMs: number; callback: () => void }); // made above
  }
  #arm(): void {
    if (this.#armed || this.#timers.size === 0) return;
    this.#armed = true;
    // Four turns are more than any chain of promises needs that does no I/O.
    setImmediate(() => setImmediate(() => setImmediate(() => setImmediate(() => this.#jump()))));
  }
  #jump(): void {
    this.#armed = false;
    const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
    if (!next) return;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.callback();
    this.#arm();
  }
}

export const smallTopology: Topology = {
  name: 'small',
  description: 'one cluster',
  meshId: 'mesh1',
  networks: [{ name: networkName('network1'), range: '10.0.0.0/16' }],
  clusters: [
    {
      name: clusterName('cluster1'),
      network: networkName('network1'),
      role: { kind: 'primary' },
      podRange: '10.1.0.0/16',
      serviceRange: '10.2.0.0/16',
      nodes: 1,
      helloWorld: ['v1'],
      client: true,
    },
  ],
};

/** A step with one command, whose first word names the function that runs it. */
export function step(id: string, more: Partial<Step> & { readonly command?: Partial<Command> } = {}): Step {
  const { command, ...rest } = more;
  return {
    id,
    title: `Do ${id}`,
    guide: { section: 'A section' },
    dependsOn: [],
    files: [],
    commands: [{ tool: 'kubectl', args: [id], timeoutMs: 60_000, ...command }],
    omission: { harmless: false, because: 'it is needed' },
    errata: [],
    deadlineMs: 120_000,
    ...rest,
  };
}

export const planOf = (...steps: readonly Step[]): Plan => ({
  edition: '1.8',
  istioVersion: '1.8.0',
  scenario: 'small',
  client: 'sleep',
  steps,
  errata: [],
});

/** What a command does: an outcome, or only its standard output. */
export type Action = (call: {
  readonly args: readonly string[];
  readonly stdin: string | undefined;
  readonly variables: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly sleep: (ms: number) => Promise<void>;
}) => Promise<Partial<CommandResult> | string> | Partial<CommandResult> | string;

/**
 * Tools whose commands are functions by their first argument; one that is not there succeeds. `log` gets
 * every start and end.
 */
export class SmallTools implements Tools {
  readonly name = 'embedded';
  readonly log: string[] = [];
  disposed = false;
  readonly #clock: Clock;
  readonly #actions: Readonly<Record<string, Action>>;

  constructor(clock: Clock, actions: Readonly<Record<string, Action>>) {
    this.#clock = clock;
    this.#actions = actions;
  }
  async versions() {
    return { kubectl: 'v1.32.4' };
  }
  async writeFile() {}
  async run(command: Command, options: RunCommandOptions): Promise<CommandResult> {
    const name = command.args[0] ?? '';
    this.log.push(`+${name}`);
    try {
      const outcome = await (this.#actions[name] ?? (() => ''))({
        args: command.args,
        stdin: options.stdin,
        variables: options.variables,
        signal: options.signal,
        sleep: ms => sleep(this.#clock, ms, options.signal),
      });
      const result = typeof outcome === 'string' ? { stdout: outcome } : outcome;
      return { exitCode: 0, stdout: '', stderr: '', ...result };
    } catch (error) {
      if (!options.signal.aborted) throw error;
      return { exitCode: 143, stdout: '', stderr: '', fault: 'killed' };
    } finally {
      this.log.push(`-${name}`);
    }
  }
  async [Symbol.asyncDispose]() {
    this.disposed = true;
  }
}

export interface SmallPlatformOptions {
  readonly clusters?: readonly Cluster[];
  /** What its start throws. */
  readonly failure?: Error;
  /** The proof that it brings beside the run. */
  readonly proven?: (clock: Clock) => Promise<void>;
}

/** A platform that has the clusters that it is given, none by default. */
export class SmallPlatform implements Platform {
  readonly name = 'small';
  readonly capabilities = { realProxies: false, faults: false };
  readonly clock = 'virtual';
  readonly jumping = new JumpingClock();
  disposed = false;
  readonly #options: SmallPlatformOptions;

  constructor(options: SmallPlatformOptions = {}) {
    this.#options = options;
  }
  async doctor() {
    return [];
  }
  async start(): Promise<StartedPlatform> {
    const { clusters = [], failure, proven } = this.#options;
    if (failure) throw failure;
    return {
      clusters: new Map(clusters.map(cluster => [cluster.name, cluster])),
      ...(proven && { proven: proven(this.jumping) }),
      clock: this.jumping,
      adjustments: [],
      collectDiagnostics: async () => {},
      [Symbol.asyncDispose]: async () => {
        this.disposed = true;
      },
    };
  }
}
