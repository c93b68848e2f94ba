/** Embedded tools on a simulated world with one cluster or more, ready for command lines. */
import { createRandom } from '../../harness/base/random.ts';
import type { CommandResult, ToolName } from '../../harness/model/command.ts';
import { clusterName } from '../../harness/model/names.ts';
import { VirtualClock } from '../../harness/simulator/network/virtual-clock.ts';
import { createWorld } from '../../harness/simulator/world.ts';
import { createEmbeddedTools } from '../../harness/tools/embedded/embedded-tools.ts';

export interface ToolsWorld extends AsyncDisposable {
  readonly clock: VirtualClock;
  /**
   * Runs a line; quotes keep blanks together. The context is that of the first cluster unless the line names
   * one.
   */
  run(
    line: string,
    options?: { readonly stdin?: string; readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<CommandResult>;
}

export async function toolsWorld(
  samples: Readonly<Record<string, string>> = {},
  options: { readonly clusters?: readonly string[]; readonly istioVersion?: string } = {},
): Promise<ToolsWorld> {
  const { clusters: names = ['cluster1'], istioVersion = '1.8.0' } = options;
  const clock = new VirtualClock();
  clock.start();
  const world = await createWorld({
    seed: '1',
    clock,
    networks: [{ name: 'network1', range: '172.18.0.0/16' }],
    clusters: names.map((name, index) => ({
      name,
      network: 'network1',
      podRange: `10.${10 + index}.0.0/16`,
      serviceRange: `10.${90 + index}.0.0/16`,
      nodes: 1,
    })),
  });
  const clusters = new Map(
    [...world.clusters].map(([name, cluster]) => [
      clusterName(name),
      {
        name: clusterName(name),
        kubeconfig: () => cluster.kubeconfig(),
        dial: (host: string, port: number) => world.machine.connect(host, port),
      },
    ]),
  );
  const tools = createEmbeddedTools({
    clusters,
    clock,
    random: createRandom('1'),
    samples: new Map(Object.entries(samples)),
    istioVersion,
  });
  return {
    clock,
    run: async (line, { stdin, signal, timeoutMs = 900_000 } = {}) => {
      const [tool = '', ...args] = wordsOf(line);
      return await tools.run(
        // The first word of a line in a test is a tool's name.
        { tool: tool as ToolName, args, timeoutMs },
        {
          variables: new Map(),
          signal: signal ?? new AbortController().signal,
          ...(stdin !== undefined && { stdin }),
        },
      );
    },
    [Symbol.asyncDispose]: async () => {
      await tools[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
      clock.stop();
    },
  };
}

const wordsOf = (line: string) =>
  (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map(word => word.replaceAll("'", ''));
