/**
 * Real clusters in Docker: kind makes them, and this joins, routes and proves them, and takes everything away
 * again.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { CleanupStack } from '../../base/dispose.ts';
import type { Topology } from '../../model/topology.ts';
import { Ledger } from '../ledger.ts';
import type { Finding, Platform, StartedPlatform } from '../platform.ts';
import type { VersionWindow } from '../version-windows.ts';
import { windowWith } from '../versions.ts';
import { BringUp } from './bring-up.ts';
import { bundleFindings } from './bundle-findings.ts';
import { checkCloudProvider } from './cloud-provider.ts';
import { kindDoctor } from './doctor.ts';
import { connectEngine } from './engine/connect.ts';
import { type LoadBalancer, loadBalancerOf } from './load-balancers.ts';
import type { KindOptions } from './options.ts';
import { prepare } from './prepare.ts';
import { notBroughtUp } from './proof.ts';
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
    const { bundle, nodeImage } = this.#options;
    const options = { ...this.#options, signal, window: this.#window, connect: connectEngine };
    if (bundle === undefined) return await kindDoctor(options);
    const { finding, window, programs, ...made } = await bundleFindings(bundle, this.#window, signal);
    const asked = nodeImage ?? made.nodeImage;
    const findings = await kindDoctor({
      ...{ ...options, window, bundled: programs, isNodeBundled: asked === made.nodeImage },
      ...(asked !== undefined && { nodeImage: asked }),
    });
    return [finding, ...findings];
  }

  async start(topology: Topology, parent: AbortSignal, diagnosticsFolder?: string): Promise<StartedPlatform> {
    parent.throwIfAborted();
    // Every image on every node waits on this signal, side by side; the proof does longer than the start.
    const linked = linkedSignal(parent);
    try {
      const started = await this.#startWithin(linked.signal, topology, diagnosticsFolder);
      const forget = () => linked[Symbol.dispose]();
      started.proven?.then(forget, forget);
      return started;
    } catch (error) {
      linked[Symbol.dispose]();
      throw error;
    }
  }

  async #startWithin(
    signal: AbortSignal,
    topology: Topology,
    diagnosticsFolder: string | undefined,
  ): Promise<StartedPlatform> {
    const { state, runId = randomBytes(4).toString('hex') } = this.#options;
    const prepared = await prepare(this.#window, runId, { ...this.#options, signal });
    const ledger = Ledger.open(state, runId, this.name);
    const context = {
      ...prepared,
      topology,
      ledger,
      runId,
      cleanUp: new CleanupStack(),
      clock: systemClock,
      signal,
      tell: (message: string) => this.#options.onProgress?.(message),
    };
    const bringUp = new BringUp(context, diagnosticsFolder);
    try {
      return await bringUp.run();
    } catch (error) {
      if (!signal.aborted) await bringUp.describeFailure();
      const left = await bringUp.undo();
      if (left !== '') this.#options.onProgress?.(left.trim());
      throw signal.aborted ? error : notBroughtUp(error);
    }
  }
}
