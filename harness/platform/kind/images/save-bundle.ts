/**
 * Puts all that a run needs into one file: images of the engine, which are pulled if missing, and
 * programs.
 */
import { basename, relative } from 'node:path';
import { createReadStream } from '../../../base/disk/disk.ts';
import { readHead as beginningOf } from '../../../base/disk/read-file.ts';
import { HarnessError } from '../../../base/errors.ts';
import { packageVersion } from '../../../base/package-root.ts';
import { placeInCache } from '../../cached-programs.ts';
import { type FoundProgram, findKind, findKubectl } from '../../programs.ts';
import { loadBalancerOf } from '../load-balancers.ts';
import { METALLB, metalLbManifest } from '../metallb.ts';
import { missingNodeImage, refuseMissing } from '../offline.ts';
import { pullByCommand } from '../pull-image.ts';
import { hasDigest, hasTag, withoutDigest } from '../references.ts';
import { type BundleHead, type CacheMember, FORMAT, type ImageMember, type Member } from './bundle-format.ts';
import { type Choice, type ChoiceOptions, chooseImages, type FoundEngine, foundEngine } from './choose.ts';
import { programPlatform } from './opened-bundle.ts';
import { tarOf } from './tar-folder.ts';
import { assertNew, writeBundle } from './write-bundle.ts';

/** A bundle that was written. */
interface SavedBundle {
  readonly head: BundleHead;
  readonly bytes: number;
  /** What is not in it though a run needs it; a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Writes a bundle. What is missing is pulled and fetched before, unless `offline`.
 * @throws HarnessError ERR_USAGE if the file is there and not to be replaced; ERR_PLATFORM_NOT_READY,
 *   ERR_TOOL, ERR_WRITE_FAILED: then no file is left
 */
export async function saveBundle(file: string, force: boolean, options: ChoiceOptions): Promise<SavedBundle> {
  assertNew(file, force);
  const { signal, onProgress } = options;
  const found = await foundEngine(options);
  const choice = await withImages(found, options);
  const images = await imageMembers(choice, found);
  const { members, sources, remarks } = await cacheMembers(choice, options);
  const head = headOf(choice, [...images, ...members], found, options);
  const platform = found.info.keepsPlatforms ? found.info.platform : undefined;
  const bytes = await writeBundle(
    file,
    {
      head,
      open: async member =>
        member.kind === 'image'
          ? await found.engine.saveImage(member.reference, platform)
          : await (sources.get(member)?.() ?? Promise.reject(new Error(`${member.name} has no source`))),
      onMember: member => {
        const at = head.members.indexOf(member) + 1;
        const what = member.kind === 'image' ? member.reference : member.what;
        onProgress?.(`writing ${what} (${at} of ${head.members.length})`);
      },
    },
    signal,
  );
  return { head, bytes, remarks };
}

/** Chooses the images, and pulls those that the engine does not have. */
async function withImages(found: FoundEngine, options: ChoiceOptions): Promise<Choice> {
  const { offline, signal, onProgress } = options;
  const choice = await chooseImages(found, options);
  const missing = choice.images.filter(({ here }) => !here);
  if (missing.length === 0) return choice;
  if (offline)
    refuseMissing(
      missing.map(({ role, reference }) =>
        role === 'node'
          ? missingNodeImage(reference)
          : { what: `image ${reference}`, fix: 'docker pull brings it, or leave --offline out.' },
      ),
    );
  for (const [index, { reference }] of missing.entries()) {
    onProgress?.(`pulling ${reference} (${index + 1} of ${missing.length})`);
    await pullByCommand(found.command, reference, signal);
  }
  return await chooseImages(found, options);
}

/**
 * Lists the images under the names that their archives are to have: an archive knows tags, and no digests.
 */
async function imageMembers(
  { images }: Choice,
  { engine, info }: FoundEngine,
): Promise<readonly ImageMember[]> {
  const members: ImageMember[] = [];
  for (const { role, reference, here } of images) {
    if (!here) throw notHere(reference);
    if (here.platform !== info.platform)
      throw new HarnessError(
        'ERR_PLATFORM_NOT_READY',
        `${here.name} is here for ${here.platform}, and the engine is ${info.platform}.`,
        { hint: `docker pull --platform ${info.platform} ${here.name} brings the right one.` },
      );
    const tagged = withoutDigest(reference);
    if (hasDigest(reference)) await giveTag(engine, here.name, tagged, here.id);
    members.push({
      ...{ kind: 'image', name: `images/${members.length}.tar`, role, reference: tagged, id: here.id },
      ...(hasDigest(reference) && { asked: reference }),
    });
  }
  return members;
}

const notHere = (reference: string): HarnessError =>
  new HarnessError('ERR_PLATFORM_NOT_READY', `${reference} was pulled, and the engine does not have it.`, {
    hint: 'Does the docker command work with the engine of DOCKER_HOST or of the default socket?',
  });

/**
 * A pull by digest leaves no tag behind.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if another image has it
 */
async function giveTag(
  engine: FoundEngine['engine'],
  name: string,
  tagged: string,
  id: string,
): Promise<void> {
  if (!hasTag(tagged))
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `${name} has a digest and no tag.`, {
      hint: 'An archive keeps an image by its tag: name the image with one, name:tag@sha256:….',
    });
  const other = await engine.image(tagged);
  if (other === undefined) await engine.tagImage(name, tagged);
  else if (other.id !== id)
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `${tagged} is another image here than ${name}.`, {
      hint: `docker tag ${name} ${tagged} gives it that name.`,
    });
}

type Sources = Map<Member, () => Promise<NodeJS.ReadableStream>>;

/** Lists programs, the release of Istio, and the manifest of MetalLB if it was chosen. */
async function cacheMembers(
  { window, istio }: Choice,
  options: ChoiceOptions,
): Promise<{
  readonly members: readonly CacheMember[];
  readonly sources: Sources;
  readonly remarks: readonly string[];
}> {
  const { cache, signal } = options;
  const sources: Sources = new Map();
  const remarks: string[] = [];
  const add = (member: CacheMember, open: () => Promise<NodeJS.ReadableStream>) =>
    void sources.set(member, open);
  const addFile = (file: string, path: string, what: string, isProgram: boolean) =>
    add({ kind: 'file', name: `cache/${path}`, path, isProgram, what }, async () => createReadStream(file));
  const programs = {
    kind: await findKind(window, options),
    kubectl: await findKubectl(window.nodeVersion, options),
  };
  for (const [name, found] of Object.entries(programs) as ['kind' | 'kubectl', FoundProgram][]) {
    // One that leads to another would lead nowhere on another machine.
    if (isScript(found.file) && relative(cache, found.file).startsWith('..'))
      remarks.push(`${name} is not in it: ${found.file} is a script.`);
    else {
      const version = found.version.startsWith('v') ? found.version : `v${found.version}`;
      addFile(found.file, placeInCache(name, version), `${name} ${version}`, true);
    }
  }
  const folder = `istio-${istio.version}`;
  add(
    {
      kind: 'folder',
      name: `cache/istio/${folder}.tar`,
      path: `istio/${folder}`,
      what: `Istio ${istio.version}`,
    },
    () => tarOf(istio.folder, signal),
  );
  if (loadBalancerOf(options.loadBalancer) === 'metallb') {
    const manifest = await metalLbManifest(options);
    const path = `metallb/${METALLB.version}/${basename(manifest)}`;
    addFile(manifest, path, `the manifest of MetalLB ${METALLB.version}`, false);
  }
  return { members: [...sources.keys()].filter(member => member.kind !== 'image'), sources, remarks };
}

const isScript = (file: string): boolean => beginningOf(file, 2) === '#!';

const headOf = (
  { window, istio, node }: Choice,
  members: readonly Member[],
  { info }: FoundEngine,
  { edition, hub, tag, set = [], loadBalancer }: ChoiceOptions,
): BundleHead => ({
  format: FORMAT,
  madeBy: packageVersion(),
  platform: info.platform,
  programs: programPlatform(),
  edition,
  istio: istio.version,
  kubernetes: node.version || window.nodeVersion,
  settings: {
    ...(hub !== undefined && { hub }),
    ...(tag !== undefined && { tag }),
    set,
    ...(loadBalancer !== undefined && { loadBalancer }),
  },
  members,
});
