/**
 * Real clusters in Docker: kind makes them, and this joins, routes and proves them, and takes everything away
 * again.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { Topology } from '../../model/topology.ts';
import { findProgram } from '../../process/find.ts';
import { sampleImagesFrom } from '../image-list.ts';
import { Ledger } from '../ledger.ts';
import type { Finding, Platform, Programs, StartedPlatform } from '../platform.ts';
import { findIstio, findKind, findKubectl } from '../programs.ts';
import { refuseBad } from '../refusal.ts';
import type { VersionWindow } from '../version-windows.ts';
import { istioHas, kubernetesMismatch, windowOf, windowWith } from '../versions.ts';
import { BringUp } from './bring-up.ts';
import { checkCloudProvider } from './cloud-provider.ts';
import { kindDoctor } from './doctor.ts';
import { connectEngine } from './engine/connect.ts';
import type { Engine, EngineInfo } from './engine/engine.ts';
import { RUN_VARIABLE } from './labels.ts';
import { type LoadBalancer, loadBalancerOf } from './load-balancers.ts';
import type { KindOptions } from './options.ts';
import { addressFamilyFinding, isInMachine, judgeEngine, sameEngine } from './preflight.ts';
import { readCredentials } from './registry-config.ts';

export type { KindOptions } from './options.ts';

/** Runs a scenario on clusters of its own, which `kind` makes in Docker. */
export class KindPlatform implements Platform {
  readonly name = 'kind';
  readonly clock = 'wall' as const;
  readonly capabilities = { realProxies: true, faults: false } as const;
  readonly #options: KindOptions;
  readonly #window: VersionWindow;
  readonly #loadBalancer: LoadBalancer;

  /** @throws HarnessError ERR_UNKNOWN_EDITION, ERR_USAGE */
  constructor(options: KindOptions) {
    this.#options = options;
    this.#window = windowWith(options.edition, options.istioVersion);
    this.#loadBalancer = loadBalancerOf(options.loadBalancer);
  }

  /** @throws HarnessError ERR_USAGE */
  check(topology: Topology): void {
    const { registryConfig } = this.#options;
    if (this.#loadBalancer === 'cloud-provider-kind') checkCloudProvider(topology);
    if (registryConfig !== undefined) readCredentials(registryConfig);
  }

  async doctor(signal: AbortSignal): Promise<readonly Finding[]> {
    return await kindDoctor({ ...this.#options, signal, window: this.#window, connect: connectEngine });
  }

  async start(topology: Topology, parent: AbortSignal, diagnosticsFolder?: string): Promise<StartedPlatform> {
    parent.throwIfAborted();
    // Every image on every node waits on this signal, side by side.
    using linked = linkedSignal(parent);
    const { signal } = linked;
    const { state, runId = randomBytes(4).toString('hex') } = this.#options;
    const prepared = await this.#prepare(runId, signal);
    const ledger = Ledger.open(state, runId, this.name);
    const bringUp = new BringUp({
      ...prepared,
      topology,
      ledger,
      runId,
      options: this.#options,
      window: this.#window,
      cleanUp: new CleanupStack(),
      clock: systemClock,
      signal,
      tell: message => this.#options.onProgress?.(message),
    });
    try {
      return await bringUp.run();
    } catch (error) {
      if (diagnosticsFolder !== undefined && !signal.aborted)
        await bringUp.describeFailure(diagnosticsFolder);
      const left = await bringUp.undo();
      if (left !== '') this.#options.onProgress?.(left.trim());
      if (error instanceof HarnessError || signal.aborted) throw error;
      throw new HarnessError(
        'ERR_PLATFORM_NOT_READY',
        `The kind clusters could not be brought up: ${messageOf(error)}`,
        {
          hint: 'mesh-harness doctor --platform kind says what this machine lacks.',
          cause: error,
        },
      );
    }
  }

  /**
   * Finds out everything that it can before it makes anything.
   * @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TOOL
   */
  async #prepare(runId: string, signal: AbortSignal): Promise<Prepared> {
    const options = { ...this.#options, signal };
    // First: without an engine that will do, nothing need be fetched.
    const { command, engine, info } = await findEngine(this.#options.path);
    const [networks, same, kind, kubectl, istio] = await Promise.all([
      engine.networks(),
      sameEngine(command, info, signal),
      findKind(this.#window, options),
      findKubectl(this.#window.nodeVersion, options),
      findIstio(this.#window, options),
    ]);
    refuseBad([same, addressFamilyFinding(networks), ...judgeVersions(this.#window, istio.version)]);
    refuseHiddenNodes(istio.version, info);
    return {
      engine,
      kind: kind.file,
      istio: istio.version,
      programs: {
        kubectl: kubectl.file,
        istioctl: istio.file,
        istioFolder: istio.folder,
        env: { [RUN_VARIABLE]: runId },
        ...(this.#options.hub !== undefined && { sampleImages: sampleImagesFrom(this.#options.hub) }),
      },
    };
  }
}

interface Prepared {
  readonly engine: Engine;
  readonly programs: Programs;
  readonly kind: string;
  readonly istio: string;
}

/** @throws HarnessError ERR_PLATFORM_NOT_READY if there is no engine, or none that will do */
async function findEngine(path: string | undefined) {
  const command = findProgram('docker', path);
  if (command === undefined)
    throw new HarnessError('ERR_PLATFORM_NOT_READY', 'engine: no docker on PATH', {
      hint: 'Install Docker.',
    });
  const engine = await connectEngine();
  const info = await engine.info();
  refuseBad(judgeEngine(info).slice(0, 1));
  return { command, engine, info };
}

/** Tells whether the nodes' Kubernetes is one that the release of Istio supports. */
function judgeVersions(window: VersionWindow, istioVersion: string): readonly Finding[] {
  const mismatch = kubernetesMismatch(window.edition, window.nodeVersion, istioVersion);
  if (mismatch === undefined) return [];
  const fix = `--istio-version or --istio-dir has to name a release like ${windowOf(window.edition).istio}.`;
  return [{ subject: 'versions', ok: false, found: mismatch, fix }];
}

/** @throws HarnessError ERR_PLATFORM_NOT_READY if remote secrets could not name an API server */
function refuseHiddenNodes(istioVersion: string, info: EngineInfo): void {
  if (istioHas('serverFlag', istioVersion) || !isInMachine(info)) return;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `istioctl ${istioVersion} names API servers by the address at which this machine reaches them, and in ${info.operatingSystem} it reaches no node.`,
    {
      hint: 'Istio 1.9 and later have --server: take --edition current, or an engine that runs on this machine itself.',
    },
  );
}
