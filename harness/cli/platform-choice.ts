/** Chooses the platform and the edition of a command line, and writes the line that says so. */
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { platformMaker } from '../platform/catalog.ts';
import { versionOf } from '../platform/program-versions.ts';
import { editionFor, editionMismatch } from '../platform/versions.ts';
import { findProgram } from '../process/find.ts';
import { defaultEdition } from '../session/options.ts';
import { editionWith, type OwnIstioctl } from './own-istioctl.ts';

/**
 * Without any of these there are no kind clusters; kubectl and istioctl are fetched where they are missing,
 * but not by `auto`.
 */
const FOR_KIND = ['docker', 'kind', 'kubectl', 'istioctl'];

export interface PlatformChoice {
  readonly name: string;
  /** Why, for `auto`. */
  readonly because?: string;
  /** Programs that `--platform kind` would not find on PATH. */
  readonly missingForKind: readonly string[];
}

/**
 * Chooses the platform of a run.
 * @param asked - of `--platform` or MESH_HARNESS_PLATFORM; `auto` takes kind where everything is there
 * @throws HarnessError ERR_UNKNOWN_PLATFORM
 */
export function choosePlatform(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): PlatformChoice {
  const missingForKind = FOR_KIND.filter(name => findProgram(name, env['PATH'] ?? '') === undefined);
  if (asked !== 'auto') {
    const name = asked === undefined || asked === '' ? 'simulator' : asked;
    platformMaker(name, ['auto']); // known, before a line is printed
    return { name, missingForKind };
  }
  return missingForKind.length === 0
    ? { name: 'kind', because: `auto: ${FOR_KIND.join(', ')} are there`, missingForKind }
    : { name: 'simulator', because: `auto: no ${missingForKind.join(', ')}`, missingForKind };
}

/** The flags from which an edition follows. */
interface EditionFlags {
  readonly edition?: string;
  readonly istioDir?: string;
  readonly istioVersion?: string;
  readonly istiod?: string;
  readonly bundle?: string;
}

export interface EditionChoice {
  readonly name: string;
  /** Why, where a release decides. */
  readonly because?: string;
}

/**
 * Chooses the edition: the one asked for; else that of the release which is to be installed; else the
 * platform's own. A folder without a release decides nothing here: the platform reports it when it starts.
 * @throws HarnessError ERR_USAGE if the release asked for does not go with the edition, or with none
 */
export async function chooseEdition(
  { edition, istioDir, istioVersion, istiod, bundle }: EditionFlags,
  platform: string,
  signal: AbortSignal,
): Promise<EditionChoice> {
  if (istioVersion !== undefined) return editionWithRelease(istioVersion, edition);
  if (edition !== undefined) return { name: edition };
  if (istiod !== undefined) return { name: 'current', because: 'of --istiod' };
  // What works on the simulator `own-istioctl.ts` finds out.
  if (istioDir !== undefined && platform !== 'simulator') {
    const version = await versionOf('istioctl', path.resolve(istioDir, 'bin', 'istioctl'), signal);
    if (version !== undefined)
      return { name: editionFor(version), because: `of Istio ${version} in ${istioDir}` };
  }
  if (bundle !== undefined && platform === 'kind') {
    const { bundleHead } = await import('../platform/kind/images/read-bundle.ts');
    const head = await bundleHead(path.resolve(bundle), signal);
    return { name: head.edition, because: `of ${bundle}, with Istio ${head.istio}` };
  }
  return { name: defaultEdition(platform) };
}

/** @throws HarnessError ERR_USAGE, ERR_UNKNOWN_EDITION */
function editionWithRelease(release: string, asked: string | undefined): EditionChoice {
  const name = asked ?? editionFor(release);
  const mismatch = editionMismatch(name, release);
  if (mismatch !== undefined)
    throw new HarnessError('ERR_USAGE', `--istio-version: ${mismatch}`, {
      hint:
        asked === undefined ? 'Name another release.' : 'Leave --edition out: it follows from the release.',
    });
  return { name, ...(asked === undefined && { because: `of Istio ${release}` }) };
}

/**
 * Chooses the edition as `chooseEdition` does. If an istioctl of the user's works on the simulator, the
 * edition is that program's.
 * @throws HarnessError ERR_USAGE if the edition asked for is not that program's
 */
export async function editionOfFlags(
  flags: EditionFlags,
  platform: string,
  istioctl: OwnIstioctl | undefined,
  signal: AbortSignal,
): Promise<EditionChoice> {
  if (!istioctl) return await chooseEdition(flags, platform, signal);
  const name = editionWith(istioctl, flags.edition);
  return { name, ...(flags.edition === undefined && { because: `of istioctl ${istioctl.version}` }) };
}

/**
 * Writes the first line of a run: what `doctor` says of the platform, in short.
 * @param clusters - of the user's, by the names of the scenario: `cluster1 (prod-a)`
 */
export function firstLine(
  { name, because, missingForKind }: PlatformChoice,
  edition: EditionChoice,
  clusters = '',
): string {
  const reason = because === undefined ? '' : ` (${because})`;
  const what = `edition ${edition.name}${edition.because === undefined ? '' : ` (${edition.because})`}`;
  return `Platform: ${name}${reason}, ${what}${WHERE[name]?.(missingForKind, clusters) ?? '.'}`;
}

/** Where the clusters of each platform are. */
const WHERE: Readonly<Record<string, (missingForKind: readonly string[], clusters: string) => string>> = {
  simulator: missing => `; no real cluster is touched. ${kindSentence(missing)}`,
  kind: () => '; clusters are made in Docker, on this machine.',
  existing: (_, clusters) => (clusters === '' ? '.' : `: ${clusters}.`),
};

/** Says what `--platform kind` would find here: Docker must be there, the other programs are fetched. */
function kindSentence(missing: readonly string[]): string {
  const real = 'Real ones: --platform kind';
  if (missing.includes('docker')) return `${real}, which needs Docker, not found here (mesh-harness doctor).`;
  return missing.length === 0 ? `${real}.` : `${real}, which fetches ${missing.join(', ')}.`;
}
