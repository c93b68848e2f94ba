/**
 * Writes a bundle: an entry after the other, each first beside the file, since a tar has sizes before
 * content.
 */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { createReadStream, createWriteStream, rename, rm, stat, statSync } from '../../../base/disk/disk.ts';
import { HarnessError } from '../../../base/errors.ts';
import { type BundleHead, DIGESTS, type Digests, HEAD, type Member } from './bundle-format.ts';

/** What a bundle is written from. */
interface BundleSource {
  readonly head: BundleHead;
  /** Opens the content of an entry. */
  readonly open: (member: Member) => Promise<NodeJS.ReadableStream>;
  /** Called before each entry. */
  readonly onMember: (member: Member) => void;
}

/**
 * Checks the place of a bundle before anything is pulled for it.
 * @throws HarnessError ERR_USAGE if the file is there and is not to be replaced, or something else is; or if
 *   its folder is not there
 */
export function assertNew(file: string, force: boolean): void {
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new HarnessError('ERR_USAGE', `There is no folder ${folder} for ${basename(file)}.`, {
      hint: 'Make it, or name a file in another folder.',
    });
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  // A file takes its place in the end, which a device or a folder would not survive.
  if (!found.isFile())
    throw new HarnessError('ERR_USAGE', `${file} is there already, and no regular file.`, {
      hint: 'Name another file.',
    });
  if (force) return;
  throw new HarnessError('ERR_USAGE', `${file} is there already.`, {
    hint: 'Name another file, or replace it with --force.',
  });
}

/**
 * Writes a bundle, which appears complete or not at all.
 * @returns its size in bytes
 * @throws HarnessError ERR_WRITE_FAILED; the error of a source
 */
export async function writeBundle(
  file: string,
  { head, open, onMember }: BundleSource,
  signal: AbortSignal,
): Promise<number> {
  const part = `${file}.${process.pid}.part`;
  const aside = `${file}.${process.pid}.entry`;
  const tar = pack();
  const digests: Record<string, Digests[string]> = {};
  const entries = async () => {
    await addText(tar, HEAD, head);
    for (const member of head.members) {
      onMember(member);
      const { name } = member;
      digests[name] = await copyAside(await open(member), aside, signal);
      await addFile(tar, name, aside, digests[name].bytes, signal);
    }
    await addText(tar, DIGESTS, digests);
    tar.finalize();
  };
  try {
    await Promise.all([
      // Its own kind of stream, by the same contract.
      pipeline(tar as unknown as Readable, createWriteStream(part, 'w'), { signal }),
      entries().catch((error: unknown) => {
        tar.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }),
    ]);
    const { size } = await stat(part);
    await rename(part, file);
    return size;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await Promise.all([rm(part, { force: true }), rm(aside, { force: true })]);
  }
}

async function copyAside(
  source: NodeJS.ReadableStream,
  file: string,
  signal: AbortSignal,
): Promise<Digests[string]> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    source,
    async function* (content: AsyncIterable<Buffer | string>) {
      for await (const chunk of content) {
        bytes += Buffer.byteLength(chunk);
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file, 'w'),
    { signal },
  );
  return { bytes, sha256: hash.digest('hex') };
}

const addText = (tar: Pack, name: string, value: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    tar.entry({ name }, `${JSON.stringify(value, undefined, 1)}\n`, error =>
      error ? reject(error) : resolve(),
    );
  });

async function addFile(
  tar: Pack,
  name: string,
  file: string,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sink = tar.entry({ name, size }, error => (error ? reject(error) : resolve()));
    // Its own kind of stream, by the same contract.
    pipeline(createReadStream(file), sink as unknown as NodeJS.WritableStream, { signal }).catch(reject);
  });
}
