/** The sample files that plans apply: of this package, or of an unpacked Istio release. */
import path from 'node:path';
import { readdir, readFile } from '../base/disk/disk.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import { withImages } from '../model/sample-images.ts';
import type { Programs } from '../platform/platform.ts';

/** Folders of a release's `samples` from which some plan takes something. */
const SAMPLE_FOLDERS = ['helloworld', 'sleep', 'curl', 'multicluster'];

/**
 * Reads the samples that plans apply out of an unpacked Istio release. Images get the names that the platform
 * asks for.
 * @returns `samples/helloworld/helloworld.yaml` → text
 */
export async function readReleaseSamples({
  istioFolder: release,
  sampleImages = {},
}: Programs): Promise<ReadonlyMap<string, string>> {
  const there = new Set(await readdir(path.join(release, 'samples')));
  const parts = await Promise.all(
    SAMPLE_FOLDERS.filter(name => there.has(name)).map(async name => {
      const files = await readFolder(path.join(release, 'samples', name));
      return [...files].map(
        ([file, text]) => [`samples/${name}/${file}`, withImages(text, sampleImages)] as const,
      );
    }),
  );
  return new Map(parts.flat());
}

/**
 * Reads this package's copy of the files that the guide finds in Istio's release archive.
 * @returns `samples/helloworld/helloworld.yaml` → text
 * @throws HarnessError ERR_UNREADABLE_FILE if the package is incomplete
 */
export async function readSamples(edition: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(packageRoot(), 'fixtures', 'samples', edition);
  try {
    return new Map([...(await readFolder(folder))].map(([file, text]) => [`samples/${file}`, text] as const));
  } catch (error) {
    throw new HarnessError('ERR_UNREADABLE_FILE', `The samples cannot be read: ${messageOf(error)}`, {
      hint: 'They belong to mesh-harness; install the package again.',
      cause: error,
    });
  }
}

/** Returns each file's path within the folder, with slashes → its text; sorted. */
async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  );
  const files = entries
    .map(entry => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  return new Map(
    await Promise.all(
      files.map(
        async file =>
          [file.replaceAll(path.sep, '/'), await readFile(path.join(folder, file), 'utf8')] as const,
      ),
    ),
  );
}
