/**
 * All that a run finds out before it makes anything: engine, node image, programs, and what it would
 * fetch.
 */

import { linkedSignal } from '../../base/deadline.ts';
import { HarnessError } from '../../base/errors.ts';
import { findProgram } from '../../process/find.ts';
import { istioPrograms } from '../image-list.ts';
import { NotFetchedError } from '../not-fetched.ts';
import type { Finding } from '../platform.ts';
import { type FoundProgram, findIstio, findKind, findKubectl, type IstioRelease } from '../programs.ts';
import { refuseBad } from '../refusal.ts';
import type { VersionWindow } from '../version-windows.ts';
import { istioHas, kubernetesMismatch, windowOf } from '../versions.ts';
import { connectEngine } from './engine/connect.ts';
import type { Engine, EngineInfo } from './engine/engine.ts';
import { balancerNeeds, meshNeeds, type Rendering } from './images/needs.ts';
import { broughtBy } from './images/opened-bundle.ts';
import { takeBundle, windowOfBundle, withBundle } from './images/take-bundle.ts';
import { RUN_VARIABLE } from './labels.ts';
import { findNodeImage, type NodeImage, nodeVersion, windowWithNode } from './node-image.ts';
import { type Missing, missingImages, missingNodeImage, notFetched, refuseMissing } from './offline.ts';
import type { KindOptions, Prepared } from './options.ts';
import { addressFamilyFinding, isInMachine, judgeEngine, sameEngine } from './preflight.ts';
import { findProxies } from './proxies.ts';
import { pullByCommand } from './pull-image.ts';

type Options = KindOptions & { readonly signal: AbortSignal };

/**
 * Finds out everything that it can before anything is made.
 * @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TOOL
 */
export async function prepare(edition: VersionWindow, runId: string, asked: Options): Promise<Prepared> {
  const { offline, onProgress, signal } = asked;
  // First: without an engine that will do, nothing need be fetched.
  const { command, engine, info } = await findEngine(asked.path);
  const [networks, same, proxies] = await Promise.all([
    engine.networks(),
    sameEngine(command, info, signal),
    findProxies(command, signal),
  ]);
  // An answer that was called off is no finding.
  signal.throwIfAborted();
  refuseBad([same, addressFamilyFinding(networks)]);
  const bundle = asked.bundle === undefined ? undefined : await takeBundle(asked.bundle, engine, info, asked);
  const options = bundle ? withBundle(asked, bundle) : asked;
  const before = bundle ? windowOfBundle(edition, asked, bundle) : edition;
  const nodeImage = await readyNodeImage(engine, command, before, options);
  const window = windowWithNode(before, nodeImage);
  if (nodeImage.remark !== undefined) onProgress?.(nodeImage.remark);
  const { kind, kubectl, istio, missing } = await findPrograms(window, options);
  const lacking = [
    ...(nodeImage.isHere || !offline ? [] : [missingNodeImage(nodeImage.reference)]),
    ...missing,
  ];
  const rendering = istio && istioPrograms(istio, options.hub, { [RUN_VARIABLE]: runId });
  let images: readonly string[] | undefined;
  if (offline) {
    const brought = bundle ? broughtBy(bundle) : new Set<string>();
    const { needs, absent } = await knownNeeds(rendering, options);
    images = needs.map(({ reference }) => reference);
    const lackingImages = await missingImages(engine, needs, options, brought, signal);
    refuseMissing([...lacking, ...absent, ...lackingImages]);
  }
  if (!kind || !kubectl || !istio || !rendering)
    throw new Error('A program is missing, and nothing has said which.');
  refuseHiddenNodes(istio.version, info);
  const programs = { kubectl: kubectl.file, ...rendering };
  const remarks = nodeImage.remark === undefined ? [] : [nodeImage.remark];
  const versions = { kind: kind.version, docker: info.version, 'node image': window.nodeImage };
  return {
    ...{ engine, kind: kind.file, istio: istio.version, window, remarks, versions, programs, options },
    ...(images && { images }),
    ...(bundle && { bundle }),
    ...(proxies && { proxies }),
  };
}

/** Lists the images of nodes as far as they can be known, and what of their lists is not here. */
async function knownNeeds(rendering: Rendering | undefined, options: Options) {
  const { signal } = options;
  const absent: Missing[] = [];
  const mesh = rendering ? await meshNeeds(rendering, options, signal) : [];
  const balancer = await balancerNeeds(options, signal).catch((error: unknown) => {
    if (!(error instanceof NotFetchedError)) throw error;
    absent.push(notFetched(error));
    return [];
  });
  return { needs: [...mesh, ...balancer], absent };
}

/**
 * Finds the node image, and pulls one that the user names: what goes with it has to be known before
 * anything is made. That of the edition is left to kind.
 */
async function readyNodeImage(
  engine: Engine,
  command: string,
  window: VersionWindow,
  { nodeImage: asked, offline, signal, onProgress }: Options,
): Promise<NodeImage> {
  const found = await findNodeImage(engine, window, asked);
  if (found.isHere || asked === undefined || offline) return found;
  onProgress?.(`pulling the node image ${asked}`);
  await pullByCommand(command, asked, signal);
  return { reference: asked, version: await nodeVersion(engine, asked), isHere: true };
}

/** Programs as they were found; what is missing of them is told if nothing is to be fetched. */
interface FoundPrograms {
  readonly kind: FoundProgram | undefined;
  readonly kubectl: FoundProgram | undefined;
  readonly istio: IstioRelease | undefined;
  readonly missing: readonly Missing[];
}

/** Looks for them side by side; one that will not do ends the search, and whatever is fetched by then. */
async function findPrograms(window: VersionWindow, options: Options): Promise<FoundPrograms> {
  using linked = linkedSignal(options.signal);
  const { signal } = linked;
  const missing: Missing[] = [];
  const unlessAbsent = <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      if (!(error instanceof NotFetchedError)) throw error;
      missing.push(notFetched(error));
      return undefined;
    });
  const all = Promise.all([
    unlessAbsent(findKind(window, { ...options, signal })),
    unlessAbsent(findKubectl(window.nodeVersion, { ...options, signal })),
    unlessAbsent(
      findIstio(window, { ...options, signal }).then(found => {
        refuseBad(judgeVersions(window, found.version));
        return found;
      }),
    ),
  ]);
  const [kind, kubectl, istio] = await all.catch((error: unknown) => {
    linked.abort(error);
    throw error;
  });
  return { kind, kubectl, istio, missing };
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
  const release = `a release like ${windowOf(window.edition).istio}`;
  const fix = `--istio-version or --istio-dir has to name ${release}, or --node-image another Kubernetes.`;
  return [{ subject: 'versions', ok: false, found: mismatch, fix }];
}

/** @throws HarnessError ERR_PLATFORM_NOT_READY if remote secrets could not name an API server */
function refuseHiddenNodes(istioVersion: string, info: EngineInfo): void {
  if (istioHas('serverFlag', istioVersion) || !isInMachine(info)) return;
  const why = 'names API servers by the address at which this machine reaches them';
  const message = `istioctl ${istioVersion} ${why}, and in ${info.operatingSystem} it reaches no node.`;
  const instead = 'take --edition current, or an engine that runs on this machine itself';
  throw new HarnessError('ERR_PLATFORM_NOT_READY', message, {
    hint: `Istio 1.9 and later have --server: ${instead}.`,
  });
}
