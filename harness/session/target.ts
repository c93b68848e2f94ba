/** The target of a session: its platform and tools, and what it looks at and keeps in the end. */
import { createRandom } from '../base/random.ts';
import type { Plan } from '../plan/step.ts';
import { platformMaker } from '../platform/catalog.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { Verdict } from '../run/events.ts';
import { createEmbeddedTools } from '../tools/embedded/embedded-tools.ts';
import type { Tools } from '../tools/tools.ts';
import type { OpenedOptions } from './opened.ts';
import { readReleaseSamples, readSamples } from './samples.ts';
import type { Trace } from './trace.ts';

/** The part of the runner's options that knows no plan beyond its edition. */
interface Target {
  readonly platform: Platform;
  readonly seed: string;
  readonly tools: (started: StartedPlatform) => Promise<Tools>;
  readonly diagnosticsFolder?: string;
  readonly onFirstFailure: (started: StartedPlatform) => Promise<void>;
  readonly beforeCleanUp: (started: StartedPlatform, verdict: Verdict) => Promise<void>;
}

/**
 * Makes the platform, and reads the samples; starts nothing.
 * @throws HarnessError ERR_UNKNOWN_PLATFORM, and what the platform's own check throws
 */
export async function prepareTarget(
  options: OpenedOptions,
  plan: Plan,
  runId: string,
  trace: Trace | undefined,
): Promise<Target> {
  const { topology, seed = '1', diagnosticsFolder } = options;
  const platform = await platformOf(options, plan, seed, trace);
  platform.check?.(topology);
  const samples = await readSamples(plan.edition);
  const folder = typeof diagnosticsFolder === 'function' ? diagnosticsFolder(runId) : diagnosticsFolder;
  const describe = describeOnce(folder);
  return {
    platform,
    seed,
    tools: started => toolsFor(started, plan, samples, seed),
    ...(folder !== undefined && { diagnosticsFolder: folder }),
    onFirstFailure: describe,
    beforeCleanUp: async (started, verdict) => {
      // A run may fail without a failed step.
      if (verdict !== 'passed' && !options.signal?.aborted) await describe(started);
      await options.beforeCleanUp?.(started);
      keepIfAsked(started, verdict, options);
      options.onKept?.(started.stays ?? []);
    },
  };
}

async function platformOf(
  options: OpenedOptions,
  { edition }: Plan,
  seed: string,
  trace: Trace | undefined,
): Promise<Platform> {
  const { platform = 'simulator', kubernetes, real, open } = options;
  if (typeof platform === 'object') return platform;
  return await platformMaker(platform)({
    seed,
    edition,
    ...(kubernetes && { kubernetes }),
    ...(real && { real }),
    ...(open && { open }),
    ...(trace && { observer: trace }),
  });
}

/**
 * Returns the programs of the platform where it has some; else our own tools, inside this process.
 * @param samples - what lies in the working folder of our own tools
 */
export async function toolsFor(
  { clusters, clock, programs }: StartedPlatform,
  { edition, istioVersion }: Plan,
  samples: ReadonlyMap<string, string>,
  seed: string,
): Promise<Tools> {
  if (!programs) {
    const random = createRandom(seed).stream('tools');
    return createEmbeddedTools({ clusters, clock, random, samples, istioVersion });
  }
  const { createProcessTools } = await import('../tools/process-tools.ts');
  return await createProcessTools({
    clusters,
    samples: await readReleaseSamples(programs),
    edition,
    binaries: programs,
    env: programs.env,
  });
}

/** Returns a function that writes the diagnostics when it is called for the first time. */
function describeOnce(folder: string | undefined): (started: StartedPlatform) => Promise<void> {
  let described: Promise<void> | undefined;
  return started => {
    described ??= folder === undefined ? Promise.resolve() : started.collectDiagnostics(folder);
    return described;
  };
}

function keepIfAsked(started: StartedPlatform, verdict: Verdict, { keep, onKept }: OpenedOptions): void {
  if (keep === 'always' || (keep === 'on-failure' && verdict !== 'passed')) onKept?.(started.keep?.() ?? []);
}
