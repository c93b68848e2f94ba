/** Files and folders that flags name, looked at before anything is fetched or started. */
import path from 'node:path';
import { accessSync, constants, existsSync, realpathSync, statSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { quoteWord } from '../base/quote.ts';
import type { RealFlags } from './commands/real.flags.ts';
import type { RunFlags } from './commands/run.flags.ts';

/**
 * Checks that what flags for real clusters name is there.
 * @param platform - the one that was chosen; on the simulator `--istio-dir` names a program alone
 * @throws HarnessError ERR_UNREADABLE_FILE, which names the flag
 */
export function assertGivenFiles(
  { imageArchive, istioDir, bundle }: Pick<RealFlags, 'imageArchive' | 'istioDir' | 'bundle'>,
  platform: string,
): void {
  for (const archive of imageArchive) {
    const problem = archiveProblem(path.resolve(archive));
    if (problem !== undefined)
      throw new HarnessError('ERR_UNREADABLE_FILE', `--image-archive ${archive}: ${problem}`, {
        hint: 'docker save --output FILE IMAGE… writes such a file.',
      });
  }
  if (bundle !== undefined) assertBundleFile(bundle, `--bundle ${bundle}`);
  if (istioDir === undefined || platform === 'simulator') return;
  if (!existsSync(path.resolve(istioDir, 'bin', 'istioctl')))
    throw new HarnessError(
      'ERR_UNREADABLE_FILE',
      `--istio-dir ${istioDir}: this is no unpacked Istio release.`,
      { hint: '--istio-dir names the folder that holds bin/istioctl and samples/.' },
    );
}

/**
 * Checks that a bundle is a file that can be read.
 * @param given - as the user has named it
 * @throws HarnessError ERR_UNREADABLE_FILE
 */
export function assertBundleFile(bundle: string, given: string): void {
  const problem = archiveProblem(path.resolve(bundle));
  if (problem !== undefined)
    throw new HarnessError('ERR_UNREADABLE_FILE', `${given}: ${problem}`, {
      hint: 'mesh-harness images save FILE writes such a file.',
    });
}

/**
 * Refuses one folder for the trace and the report: each replaces what it takes for an older one of its own.
 * @param scenarios - of several each has a folder of its own in that of `--trace`
 * @throws HarnessError ERR_USAGE
 */
export function assertFoldersApart(
  { trace, reportDir }: Pick<RunFlags, 'trace' | 'reportDir'>,
  scenarios: readonly string[],
): void {
  if (trace === undefined || reportDir === undefined) return;
  const traces = [trace, ...scenarios.map(name => path.join(trace, name))].map(whereIs);
  if (!traces.includes(whereIs(reportDir))) return;
  throw new HarnessError('ERR_USAGE', `--trace and --report-dir name the same folder, ${reportDir}.`, {
    hint: `Give the trace a folder of its own: --trace ${quoteWord(`${path.normalize(trace)}-trace`)}`,
  });
}

/** Returns the absolute path of what is there, behind links, or of what may be made. */
const whereIs = (place: string): string => (existsSync(place) ? realpathSync(place) : path.resolve(place));

/** Says as a sentence why a file cannot be loaded; undefined if it can. */
function archiveProblem(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return `there is no file ${file}.`;
  if (!found.isFile()) return 'this is no regular file.';
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch {
    return 'this file cannot be read.';
  }
}
