/** Clusters that the user has: looked at before they are written to, and left as they were found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import type { ClusterName } from '../../model/names.ts';
import { withImages } from '../../model/sample-images.ts';
import type { Topology } from '../../model/topology.ts';
import { askAll, type Question } from '../ask-all.ts';
import { sampleImagesFrom } from '../image-list.ts';
import { readLedgers } from '../ledger.ts';
import type { Finding, Platform, PlatformCapabilities, StartedPlatform } from '../platform.ts';
import { programQuestions } from '../program-questions.ts';
import { findIstio, findKubectl, versionOf } from '../programs.ts';
import { compare, KUBECTL_SKEW, lineOf, windowOf } from '../versions.ts';
import { contextNames, namedContexts, readContexts } from './contexts.ts';
import type { ExistingOptions } from './options.ts';
import { type Inspection, inspectCluster, judgeTogether } from './preflight.ts';
import type { ProbeImages } from './probe-options.ts';
import { type RealPrograms, StartedExisting } from './started.ts';

export class ExistingPlatform implements Platform {
  readonly name = 'existing';
  readonly clock = 'wall' as const;
  readonly #options: ExistingOptions;
  #areSimulated = false;

  constructor(options: ExistingOptions) {
    this.#options = options;
    windowOf(options.edition);
  }

  /**
   * Clusters of our simulator may be addressed by their contexts too; then a run claims nothing about Istio.
   */
  get capabilities(): PlatformCapabilities {
    return { realProxies: !this.#areSimulated, faults: false };
  }

  /** The clusters that are named by `--context` or a variable, and the programs; nothing is written. */
  async doctor(signal: AbortSignal): Promise<readonly Finding[]> {
    const { edition, kubeconfigs, contexts, variables, apiServers = [] } = this.#options;
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
    const questions = found.map(
      (context): Question => ({
        subject: `${context.cluster} (${context.context})`,
        fix: `Does kubectl --context ${context.context} get nodes work?`,
        ask: async both => {
          const server = apiServers
            .find(pair => pair.startsWith(`${context.cluster}=`))
            ?.slice(context.cluster.length + 1);
          const options = { edition, signal: both, ...(server !== undefined && { serverForOthers: server }) };
          return (await inspectCluster(context, options)).findings;
        },
      }),
    );
    // Our own tools work on simulated clusters.
    const areSimulated = found.every(({ simulated }) => simulated !== undefined);
    const programs = areSimulated
      ? []
      : programQuestions(['kubectl', 'istioctl'], windowOf(edition), this.#options);
    return await askAll([...questions, ...programs], { signal });
  }

  check(topology: Topology): void {
    this.#read(topology);
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const { edition, state, istioFolder } = this.#options;
    const { found, servers } = this.#read(topology);
    // A release of the user's own has versions of Kubernetes of its own.
    const istio =
      istioFolder === undefined || this.#areSimulated
        ? undefined
        : await versionOf('istioctl', join(istioFolder, 'bin', 'istioctl'), signal);
    const inspections = await Promise.all(
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
    const real = this.#areSimulated ? undefined : await this.#programs(inspections, signal);
    const programs = real?.programs;
    const started = new StartedExisting({ topology, inspections, servers, real, options: this.#options });
    try {
      const samples = programs
        ? join(programs.istioFolder, 'samples')
        : join(packageRoot(), 'fixtures', 'samples', edition);
      const findings = await started.probe(
        sampleImages(samples, programs?.sampleImages),
        signal,
        this.#options.deadlines,
      );
      refuseBad(findings, 'What was made to find out is removed again.');
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

  async #programs(inspections: readonly Inspection[], signal: AbortSignal): Promise<RealPrograms> {
    const options = { ...this.#options, signal };
    const [kubectl, istio] = await Promise.all([
      findKubectl(kubectlFor(inspections), options),
      findIstio(windowOf(this.#options.edition), options),
    ]);
    const { hub } = this.#options;
    const programs = {
      kubectl: kubectl.file,
      istioctl: istio.file,
      istioFolder: istio.folder,
      env: {},
      ...(hub !== undefined && { sampleImages: sampleImagesFrom(hub) }),
    };
    return { programs, istioVersion: istio.version };
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
        'Some of these clusters are simulated and others are not: they cannot reach each other.',
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

function refuseBad(findings: readonly Finding[], first: string): void {
  const bad = findings.filter(({ ok }) => !ok);
  if (bad.length === 0) return;
  const sentences = bad.map(({ subject, found }) => `${subject}: ${found}`);
  throw new HarnessError('ERR_PLATFORM_NOT_READY', `${first} ${sentences.join('; ')}`, {
    hint: [...new Set(bad.map(({ fix }) => fix ?? ''))].join(' '),
  });
}

/**
 * The kubectl that is near enough to all of them, without what distributions add (`v1.31.2-eks-7f9249a`): the
 * preflight has seen that there is one.
 */
function kubectlFor(inspections: readonly Inspection[]): string {
  const known = inspections
    .flatMap(({ version }) => {
      const line = lineOf(version);
      return line ? [{ version, line }] : [];
    })
    .toSorted((one, other) => compare(one.line, other.line));
  const [oldest, newest] = [known.at(0), known.at(-1)];
  if (!oldest || !newest) return '';
  const [major, minor] = oldest.line;
  if (newest.line[1] - minor > KUBECTL_SKEW) return `v${major}.${minor + KUBECTL_SKEW}.0`;
  return /v?\d+\.\d+\.\d+/.exec(oldest.version)?.[0] ?? oldest.version;
}

/**
 * The images that the guide's samples run, by the release's own files.
 * @throws HarnessError ERR_UNREADABLE_FILE
 */
function sampleImages(samples: string, instead: Readonly<Record<string, string>> = {}): ProbeImages {
  // The client of the guide was called sleep, and is called curl now.
  const client = readdirSync(samples).includes('curl') ? 'curl/curl.yaml' : 'sleep/sleep.yaml';
  const imageIn = (file: string) => {
    const text = withImages(readFileSync(join(samples, file), 'utf8'), instead);
    const image = /^\s*image:\s*(\S+)/m.exec(text)?.[1];
    if (image !== undefined) return image;
    throw new HarnessError('ERR_UNREADABLE_FILE', `${join(samples, file)} names no image.`);
  };
  return { client: imageIn(client), server: imageIn('helloworld/helloworld.yaml') };
}
