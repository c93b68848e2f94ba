/** Clusters that the user has: a run looks at them before it writes, and leaves them as it found them. */
import { join } from 'node:path';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import { askAll, type Question } from '../ask-all.ts';
import { istioPrograms } from '../image-list.ts';
import { readLedgers } from '../ledger.ts';
import type { Finding, Platform, PlatformCapabilities, StartedPlatform } from '../platform.ts';
import { programQuestions } from '../program-questions.ts';
import { versionOf } from '../program-versions.ts';
import { findIstio, findKubectl } from '../programs.ts';
import { refuseBad } from '../refusal.ts';
import { windowOf, windowWith } from '../versions.ts';
import type { RealPrograms } from './beginning.ts';
import { apiServersOf, contextNames, namedApiServer, namedContexts } from './cluster-flags.ts';
import { type ExistingContext, readContexts } from './contexts.ts';
import { kubectlFor } from './kubectl-skew.ts';
import { isCleanButForLeftovers, removeLeftovers } from './leftovers.ts';
import type { ExistingOptions } from './options.ts';
import { type Inspection, inspectCluster } from './preflight.ts';
import { sampleImages } from './probe-images.ts';
import { judgeTogether } from './side-by-side.ts';
import { assertAlike, markedServers, unmarkedLine, unmarkedServers } from './simulated.ts';
import { StartedExisting } from './started.ts';

/** Runs a scenario on clusters that exist, one context of the user's kubeconfig for each. */
export class ExistingPlatform implements Platform {
  readonly name = 'existing';
  readonly clock = 'wall' as const;
  readonly #options: ExistingOptions;
  #areSimulated = false;

  constructor(options: ExistingOptions) {
    this.#options = options;
    windowOf(options.edition);
  }

  /** A context may lead to a cluster of our simulator: then a run claims nothing about Istio. */
  get capabilities(): PlatformCapabilities {
    return { realProxies: !this.#areSimulated, faults: false };
  }

  /** Looks at the clusters that `--context` or a variable names, and at the programs. It writes nothing. */
  async doctor(signal: AbortSignal): Promise<readonly Finding[]> {
    const { edition, kubeconfigs, contexts, variables } = this.#options;
    const names = namedContexts(contexts, variables);
    if (names.size === 0) {
      return [
        {
          subject: 'contexts',
          ok: false,
          found: `none is named; they are read from ${kubeconfigs.join(', ')}`,
          fix: '--context cluster1=CONTEXT for each cluster, or CTX_CLUSTER1 and so on.',
        },
      ];
    }
    const found = readContexts(kubeconfigs, names);
    const questions = found.map(context => this.#questionOn(context));
    // Our own tools work on simulated clusters.
    const areSimulated = found.every(({ simulated }) => simulated !== undefined);
    const programs = areSimulated
      ? []
      : programQuestions(['kubectl', 'istioctl'], windowOf(edition), this.#options);
    return await askAll([...questions, ...programs], { signal });
  }

  #questionOn(context: ExistingContext): Question {
    const { edition, apiServers = [] } = this.#options;
    return {
      subject: `${context.cluster} (${context.context})`,
      fix: `Does kubectl --context ${context.context} get nodes work?`,
      ask: async signal => {
        const server = namedApiServer(context.cluster, apiServers);
        const options = { edition, signal, ...(server !== undefined && { serverForOthers: server }) };
        return (await inspectCluster(context, options)).findings;
      },
    };
  }

  check(topology: Topology): void {
    this.#read(topology);
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const { state } = this.#options;
    const { found, servers: known } = this.#read(topology);
    const seen = await this.#inspect(found, known, signal);
    const inspections = (await this.#cleanLeftovers(seen, signal))
      ? await this.#inspect(found, known, signal)
      : seen;
    const servers = new Map([...unmarkedServers(inspections), ...known]);
    const surroundings = {
      topology,
      inspections,
      servers: new Set<string>(servers.keys()),
      ledgers: readLedgers(state),
    };
    refuseBad(
      [...inspections.flatMap(each => each.findings), ...judgeTogether(surroundings)],
      'Nothing was written.',
    );
    this.#judge(inspections);
    const real = this.#areSimulated ? undefined : await this.#programs(inspections, signal);
    const started = new StartedExisting({ topology, inspections, servers, real, options: this.#options });
    try {
      await this.#probe(started, real?.programs, signal);
      return started;
    } catch (error) {
      const left = await started[Symbol.asyncDispose]().then(
        () => '',
        (failure: unknown) => ` ${messageOf(failure)}`,
      );
      signal.throwIfAborted();
      if (error instanceof HarnessError && left === '') throw error;
      throw new HarnessError('ERR_PLATFORM_NOT_READY', `${messageOf(error)}${left}`, { cause: error });
    }
  }

  /**
   * Takes away what former Istios have left, if that was asked for and nothing else speaks against a run.
   * @returns whether there was any
   */
  async #cleanLeftovers(inspections: readonly Inspection[], signal: AbortSignal): Promise<boolean> {
    const { cleanLeftovers, onProgress } = this.#options;
    if (cleanLeftovers !== true || !inspections.some(({ leftovers }) => leftovers)) return false;
    if (!inspections.every(isCleanButForLeftovers)) return false;
    await Promise.all(
      inspections.map(async ({ context, leftovers }) => {
        if (!leftovers) return;
        await removeLeftovers(context.kubeconfig, leftovers, signal);
        const what = leftovers.words.join(', ');
        onProgress?.(
          `${context.cluster} (${context.context}): removed what a former Istio had left: ${what}`,
        );
      }),
    );
    return true;
  }

  /** Looks at all clusters side by side; it writes nothing. */
  async #inspect(
    found: readonly ExistingContext[],
    servers: ReadonlyMap<ClusterName, string>,
    signal: AbortSignal,
  ): Promise<readonly Inspection[]> {
    const { edition, istioFolder, istioVersion } = this.#options;
    // A release of the user's own has versions of Kubernetes of its own.
    const istio =
      istioFolder === undefined || this.#areSimulated
        ? istioVersion
        : await versionOf('istioctl', join(istioFolder, 'bin', 'istioctl'), signal);
    return await Promise.all(
      found.map(context => {
        const serverForOthers = servers.get(context.cluster);
        return inspectCluster(context, {
          edition,
          signal,
          ...(istio !== undefined && { istio }),
          ...(serverForOthers !== undefined && { serverForOthers }),
        });
      }),
    );
  }

  /** Believes the clusters, and not a kubeconfig that has lost its marks. @throws HarnessError ERR_USAGE */
  #judge(inspections: readonly Inspection[]): void {
    const { istioVersion, onProgress } = this.#options;
    const simulated = inspections.filter(({ told }) => told.isSimulated).length;
    assertAlike(simulated, inspections.length, istioVersion);
    this.#areSimulated = simulated > 0;
    if (unmarkedServers(inspections).size > 0) onProgress?.(unmarkedLine(inspections));
  }

  /** Has pods of the sample images ask across the clusters. @throws HarnessError if an answer is bad */
  async #probe(
    started: StartedExisting,
    programs: RealPrograms['programs'] | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { edition, deadlines } = this.#options;
    const samples = programs
      ? join(programs.istioFolder, 'samples')
      : join(packageRoot(), 'fixtures', 'samples', edition);
    const images = sampleImages(samples, programs?.sampleImages);
    refuseBad(await started.probe(images, signal, deadlines), 'What was made to find out is removed again.');
  }

  async #programs(inspections: readonly Inspection[], signal: AbortSignal): Promise<RealPrograms> {
    const options = { ...this.#options, signal };
    const [kubectl, istio] = await Promise.all([
      findKubectl(kubectlFor(inspections), options),
      findIstio(windowWith(options.edition, options.istioVersion), options),
    ]);
    const programs = { kubectl: kubectl.file, ...istioPrograms(istio, this.#options.hub) };
    return { programs, istioVersion: istio.version };
  }

  #read(topology: Topology) {
    const { contexts, variables, kubeconfigs, apiServers = [], istioVersion } = this.#options;
    const asked = apiServersOf(topology, apiServers);
    const found = readContexts(kubeconfigs, contextNames(topology, contexts, variables));
    const simulated = markedServers(found);
    // Whether the others are real ones their API servers tell.
    assertAlike(simulated.size, simulated.size, istioVersion);
    this.#areSimulated = simulated.size > 0;
    return { found, servers: new Map([...simulated, ...asked]) };
  }
}
