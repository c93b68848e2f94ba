/** Clusters that the user has: looked at before they are written to, and left as they were found. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import { installAdjustments, remoteSecretAdjustments } from '../adjustments.ts';
import { Bundle, describeClusters } from '../diagnostics.ts';
import { Ledger } from '../ledger.ts';
import type { Cluster, Finding, Platform, PlatformCapabilities, Programs, StartedPlatform } from '../platform.ts';
import { findIstio, findKubectl, type ProgramOptions } from '../programs.ts';
import { windowOf } from '../versions.ts';
import { contextNames, readContexts } from './contexts.ts';
import { type Inspection, inspectCluster, judgeTogether } from './preflight.ts';
import { removeFromCluster } from './remove.ts';

export interface ExistingOptions extends Omit<ProgramOptions, 'signal'> {
  readonly edition: string;
  /** The folder of all runs' state. */
  readonly state: string;
  /** `cluster1=my-context`. */
  readonly contexts: readonly string[];
  /** With the guide's `CTX_CLUSTER1` and so on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Files, as in the variable KUBECONFIG. */
  readonly kubeconfigs: readonly string[];
  /** `cluster1=https://…`: an address that pods of the other clusters reach, where the kubeconfig's is none. */
  readonly apiServers?: readonly string[];
  readonly hub?: string;
  readonly tag?: string;
  readonly set?: readonly string[];
}

export class ExistingPlatform implements Platform {
  readonly name = 'existing';
  readonly clock = 'wall' as const;
  readonly #options: ExistingOptions;
  #areSimulated = false;

  constructor(options: ExistingOptions) {
    this.#options = options;
    windowOf(options.edition);
  }

  /** Clusters of our simulator may be addressed by their contexts too; then a run claims nothing about Istio. */
  get capabilities(): PlatformCapabilities {
    return { realProxies: !this.#areSimulated, faults: false };
  }

  async doctor(): Promise<readonly Finding[]> {
    const files = this.#options.kubeconfigs.join(', ');
    return [
      {
        subject: 'existing',
        ok: true,
        found: `contexts are read from ${files}; a run looks at the clusters before it writes to them`,
      },
    ];
  }

  check(topology: Topology): void {
    this.#read(topology);
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    const { edition, state } = this.#options;
    const { found, servers } = this.#read(topology);
    const inspections = await Promise.all(found.map(context => inspectCluster(context, edition, signal)));
    const findings = [
      ...inspections.flatMap(each => each.findings),
      ...judgeTogether(topology, inspections, new Set(servers.keys())),
    ];
    const bad = findings.filter(({ ok }) => !ok);
    if (bad.length > 0) {
      throw new HarnessError(
        'ERR_PLATFORM_NOT_READY',
        `Nothing was written. ${bad.map(({ subject, found: what }) => `${subject}: ${what}`).join('; ')}`,
        {
          hint: [...new Set(bad.map(({ fix }) => fix ?? ''))].join(' '),
        },
      );
    }
    const programs = this.#areSimulated ? undefined : await this.#programs(inspections, signal);
    const ledger = Ledger.open(state, randomBytes(4).toString('hex'), this.name);
    const files = new Map<ClusterName, string>();
    for (const { context, uid, before } of inspections) {
      const file = join(ledger.folder, `${context.cluster}.kubeconfig`);
      writeFileSync(file, context.kubeconfig, { mode: 0o600 });
      files.set(context.cluster, file);
      ledger.write({ type: 'existing', cluster: context.cluster, kubeconfig: file, uid, before });
    }
    return this.#started(inspections, servers, programs, ledger, files);
  }

  #started(
    inspections: readonly Inspection[],
    servers: ReadonlyMap<ClusterName, string>,
    programs: Programs | undefined,
    ledger: Ledger,
    files: ReadonlyMap<ClusterName, string>,
  ): StartedPlatform {
    const clusters = new Map(
      inspections.map(({ context: { cluster, kubeconfig } }): [ClusterName, Cluster] => {
        const server = servers.get(cluster);
        const outer = server === undefined ? kubeconfig : kubeconfig.replace(/(server: )\S+/, `$1${server}`);
        return [cluster, { name: cluster, kubeconfig: from => (from === 'this-machine' ? kubeconfig : outer) }];
      }),
    );
    let ended: Promise<void> | undefined;
    const end = async () => {
      const failed = await Promise.all(
        inspections.map(async ({ context, uid, before }) => {
          const failures = await removeFromCluster({ kubeconfig: context.kubeconfig, uid, before, clock: systemClock });
          return failures.map(failure => `${context.cluster}: ${failure}`);
        }),
      );
      if (failed.flat().length > 0) {
        ledger.close();
        throw new Error(`Not everything was removed (mesh-harness clean tries again): ${failed.flat().join('; ')}`);
      }
      ledger.remove();
    };
    return {
      clusters,
      clock: systemClock,
      adjustments: [
        ...remoteSecretAdjustments(servers, 'the address of the kubeconfig is good for this machine only'),
        ...installAdjustments([...clusters.keys()], { lowRequests: false, ...this.#options }),
      ],
      ...(programs && { programs }),
      collectDiagnostics: folder =>
        describeClusters(new Bundle(folder), clusters.values(), programs, cluster => files.get(cluster.name)),
      keep: () => {
        ledger.write({ type: 'kept' });
        ended ??= Promise.resolve(ledger.close());
        return ['The mesh is left in your clusters. To remove exactly what this run has made: mesh-harness clean'];
      },
      [Symbol.asyncDispose]: () => {
        ended ??= end();
        return ended;
      },
    };
  }

  async #programs(inspections: readonly Inspection[], signal: AbortSignal): Promise<Programs> {
    const options = { ...this.#options, signal };
    const [kubectl, istio] = await Promise.all([
      findKubectl(inspections[0]?.version ?? '', options),
      findIstio(windowOf(this.#options.edition), options),
    ]);
    return { kubectl: kubectl.file, istioctl: istio.file, istioFolder: istio.folder, env: {} };
  }

  #read(topology: Topology) {
    const { contexts, variables, kubeconfigs } = this.#options;
    const asked = this.#servers(topology);
    const found = readContexts(kubeconfigs, contextNames(topology, contexts, variables));
    const simulated = found.flatMap(each =>
      each.simulated ? [[each.cluster, each.simulated.inNetworkServer] as const] : [],
    );
    if (simulated.length > 0 && simulated.length < found.length) {
      throw new HarnessError(
        'ERR_USAGE',
        'Some of these clusters are simulated and others are not: they can not reach each other.',
      );
    }
    this.#areSimulated = simulated.length > 0;
    return { found, servers: new Map([...simulated, ...asked]) };
  }

  #servers({ clusters }: Topology): ReadonlyMap<ClusterName, string> {
    return new Map(
      (this.#options.apiServers ?? []).map(pair => {
        const [, name, server] = /^([^=]+)=(https:\/\/\S+)$/.exec(pair) ?? [];
        const cluster = clusters.find(each => each.name === name)?.name;
        if (cluster === undefined || server === undefined) {
          throw new HarnessError('ERR_USAGE', `"${pair}" names no API server of this scenario.`, {
            hint: 'Write it as --api-server cluster1=https://192.0.2.1:6443.',
          });
        }
        return [cluster, server] as const;
      }),
    );
  }
}
