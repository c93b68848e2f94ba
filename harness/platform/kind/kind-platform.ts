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
import { Ledger } from '../ledger.ts';
import type { Finding, Platform, StartedPlatform } from '../platform.ts';
import type { VersionWindow } from '../version-windows.ts';
import { windowWith } from '../versions.ts';
import { BringUp } from './bring-up.ts';
import { checkCloudProvider } from './cloud-provider.ts';
import { kindDoctor } from './doctor.ts';
import { connectEngine } from './engine/connect.ts';
import { type LoadBalancer, loadBalancerOf } from './load-balancers.ts';
import type { KindOptions } from './options.ts';
import { prepare } from './prepare.ts';
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
    const prepared = await prepare(this.#window, runId, { ...this.#options, signal });
    const ledger = Ledger.open(state, runId, this.name);
    const bringUp = new BringUp({
      ...prepared,
      topology,
      ledger,
      runId,
      options: this.#options,
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
}
