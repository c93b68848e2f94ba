/**
 * Brings what a bundle holds to its places: images into the engine and the nodes, programs into the cache.
 */
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  makeFolderSync,
  rename,
  rm,
} from '../../../base/disk/disk.ts';
import { OWNER_ONLY_FOLDER } from '../../../base/disk/modes.ts';
import { HarnessError } from '../../../base/errors.ts';
import { runProcess } from '../../../process/run.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';
import { wholeReference } from '../references.ts';
import type { BundleHead, CacheMember, ImageMember } from './bundle-format.ts';
import { eachMember, verifyBundle } from './read-bundle.ts';
import type { TarEntry } from './tar.ts';

const UNPACK_MS = 120_000;

/** A bundle of which every digest is right. */
export interface OpenedBundle {
  readonly file: string;
  readonly head: BundleHead;
}

/**
 * Verifies a bundle, and that its images are for this engine.
 * @throws HarnessError ERR_PLATFORM_NOT_READY; nothing was loaded
 */
export async function openBundle(
  file: string,
  { platform }: Pick<EngineInfo, 'platform'>,
  signal: AbortSignal,
): Promise<OpenedBundle> {
  const head = await verifyBundle(file, signal);
  if (head.platform === platform) return { file, head };
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `${file} has images for ${head.platform}, and the engine is ${platform}.`,
    { hint: 'Nothing of it was loaded. mesh-harness images save writes for the engine that it works with.' },
  );
}

/** The system that programs have to be for. */
export const programPlatform = (): string =>
  `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;

const imagesOf = ({ members }: BundleHead): readonly ImageMember[] =>
  members.filter(member => member.kind === 'image');

/** True for an image that the engine itself needs; the others go into nodes. */
const isForEngine = ({ role }: ImageMember): boolean => role === 'node' || role === 'cache';

/** Returns the image of the nodes: as it was asked for, with its digest if it had one. */
export function nodeImageOf({ head }: OpenedBundle): string | undefined {
  const member = imagesOf(head).find(({ role }) => role === 'node');
  return member && (member.asked ?? member.reference);
}

/** Lists the images for nodes, as whole references. */
export const broughtBy = ({ head }: OpenedBundle): ReadonlySet<string> =>
  new Set(
    imagesOf(head)
      .filter(image => !isForEngine(image))
      .map(({ reference }) => wholeReference(reference)),
  );

/**
 * Loads the images of nodes and cache into the engine, and puts programs into the cache, where they are
 * not there already.
 * @returns what was brought, a sentence each
 */
export async function installBundle(
  { file, head }: OpenedBundle,
  engine: Engine,
  cache: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const done: string[] = [];
  const images = new Set<ImageMember>();
  for (const image of imagesOf(head)) {
    if (isForEngine(image) && (await engine.image(image.reference))?.id !== image.id) images.add(image);
  }
  const isOurs = head.programs === programPlatform();
  const isWanted = (member: CacheMember) =>
    !existsSync(join(cache, member.path)) && (isOurs || (member.kind === 'file' && !member.isProgram));
  if (images.size === 0 && !head.members.some(each => each.kind !== 'image' && isWanted(each))) return done;
  await eachMember(
    file,
    head,
    async (member, entry) => {
      if (member.kind !== 'image') {
        if (!isWanted(member)) return;
        await intoCache(member, entry, cache, signal);
        done.push(`${member.what} is in the cache now`);
      } else if (images.has(member)) {
        await engine.loadImages(entry.content);
        done.push(`${member.reference} is in the engine now`);
      }
    },
    signal,
  );
  return done;
}

/** Puts a file or a folder into the cache, where it appears whole or not at all. */
async function intoCache(
  member: CacheMember,
  { content }: TarEntry,
  cache: string,
  signal: AbortSignal,
): Promise<void> {
  const target = join(cache, member.path);
  makeFolderSync(dirname(target));
  const part = `${target}.${process.pid}.part`;
  const aside = `${target}.${process.pid}.unpacking`;
  try {
    await pipeline(content, createWriteStream(part, 'w'), { signal });
    if (member.kind === 'file') {
      if (member.isProgram) chmodSync(part, 0o755);
      await rename(part, target);
      return;
    }
    makeFolderSync(aside);
    const argv = ['-xf', part, '-C', aside];
    const { exitCode, stderr } = await runProcess('tar', argv, { timeoutMs: UNPACK_MS, signal });
    signal.throwIfAborted();
    if (exitCode !== 0)
      throw new HarnessError('ERR_TOOL', `${member.what} cannot be unpacked: ${stderr.trim()}`);
    await rename(aside, target);
  } finally {
    await rm(part, { force: true });
    await rm(aside, { recursive: true, force: true });
  }
}

/** Bundle → its archives, once somebody has asked for them. */
const written = new WeakMap<OpenedBundle, Promise<readonly string[]>>();

/**
 * Writes the archives for nodes into a folder, once for all clusters of a run.
 * @returns their paths
 */
export function bundledArchives(
  bundle: OpenedBundle,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const known = written.get(bundle) ?? writeArchives(bundle, folder, signal);
  written.set(bundle, known);
  return known;
}

async function writeArchives(
  { file, head }: OpenedBundle,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const archives: string[] = [];
  makeFolderSync(folder, OWNER_ONLY_FOLDER);
  await eachMember(
    file,
    head,
    async (member, { content }) => {
      if (member.kind !== 'image' || isForEngine(member)) return;
      const archive = join(folder, `${archives.length}.tar`);
      await pipeline(content, createWriteStream(archive, 'w'), { signal });
      archives.push(archive);
    },
    signal,
  );
  return archives;
}
