/** Which images an archive of `docker save` has, by its own index. */
import { HarnessError, messageOf } from '../../../base/errors.ts';
import * as z from '../../../base/zod.ts';
import { wholeReference } from '../references.ts';
import { entriesOf, textOf } from './tar.ts';

/** moby/moby image/tarexport/tarexport.go: `manifest.json`, of Docker 1.10 and later. */
const manifest = z.array(z.looseObject({ RepoTags: z.array(z.string()).nullish() }));
/** opencontainers/image-spec image-layout.md; containerd's annotation has the whole name. */
const layout = z.looseObject({
  manifests: z.array(z.looseObject({ annotations: z.record(z.string(), z.string()).nullish() })),
});
const NAME = 'io.containerd.image.name';
const MAX_INDEX_BYTES = 8 * 1024 * 1024;

/**
 * Lists the images of an archive.
 * @returns whole references: `docker.io/library/registry:2`
 * @throws HarnessError ERR_PLATFORM_NOT_READY if it cannot be read as an archive of `docker save`
 */
export async function imagesIn(archive: string, signal: AbortSignal): Promise<readonly string[]> {
  const names = new Set<string>();
  let hasIndex = false;
  try {
    for await (const entry of entriesOf(archive, signal)) {
      const { name, bytes } = entry;
      if ((name !== 'manifest.json' && name !== 'index.json') || bytes > MAX_INDEX_BYTES) continue;
      hasIndex = true;
      for (const found of namesIn(name, await textOf(entry))) names.add(wholeReference(found));
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(archive, messageOf(error));
  }
  if (!hasIndex) throw unreadable(archive, 'it has no manifest.json');
  return [...names].sort();
}

function namesIn(name: string, text: string): readonly string[] {
  if (name === 'manifest.json')
    return manifest.parse(JSON.parse(text)).flatMap(({ RepoTags }) => RepoTags ?? []);
  return layout.parse(JSON.parse(text)).manifests.flatMap(({ annotations }) => annotations?.[NAME] ?? []);
}

const unreadable = (archive: string, why: string): HarnessError =>
  new HarnessError('ERR_PLATFORM_NOT_READY', `${archive} is no archive of docker save: ${why}.`, {
    hint: 'docker save --output FILE IMAGE… writes such a file.',
  });
