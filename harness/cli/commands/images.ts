/** `mesh-harness images list`, `save` and `load` */
import path from 'node:path';
import { EXIT, HarnessError } from '../../base/errors.ts';
import type { Choice, FoundEngine, WantedImage } from '../../platform/kind/images/choose.ts';
import { cacheFolder } from '../../process/folders.ts';
import type { Environment } from '../environment.ts';
import { harmlessJsonIn } from '../github.ts';
import { assertBundleFile } from '../given-files.ts';
import { chooseEdition } from '../platform-choice.ts';
import { realSettings } from '../real-settings.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import type { ImageChoiceFlags, ImagesListFlags, ImagesSaveFlags } from './images.flags.ts';

/** Prints the images that a run would need. @returns 0 */
export async function imagesListCommand(flags: ImagesListFlags, environment: Environment): Promise<number> {
  const { chooseImages, foundEngine } = await import('../../platform/kind/images/choose.ts');
  const screen = createScreen(environment);
  const options = await optionsOf(flags, environment, screen);
  // Which images are needed is known without an engine.
  const engine = await foundEngine(options).catch((error: unknown) => {
    if (error instanceof HarnessError) screen.progress(`Where they are is not known: ${error.message}`);
    return undefined;
  });
  const choice = await chooseImages(engine, options);
  if (flags.output === 'json') {
    const { env, stdout } = environment;
    stdout.write(
      harmlessJsonIn(env, `${JSON.stringify(asJson(choice, engine, options.edition), null, 2)}\n`),
    );
  } else for (const line of asText(choice, engine)) screen.result(line);
  return EXIT.passed;
}

/** Writes a bundle, and says what is in it. @returns 0 */
export async function imagesSaveCommand(
  file: string,
  flags: ImagesSaveFlags,
  environment: Environment,
): Promise<number> {
  const { saveBundle } = await import('../../platform/kind/images/save-bundle.ts');
  const screen = createScreen(environment);
  const options = await optionsOf(flags, environment, screen);
  const { head, bytes, remarks } = await saveBundle(path.resolve(file), flags.force, options);
  for (const remark of remarks) screen.progress(remark);
  const images = head.members.filter(({ kind }) => kind === 'image').length;
  const { platform, istio, kubernetes } = head;
  const what = `${images} images for ${platform}, Istio ${istio}, Kubernetes ${kubernetes}`;
  screen.result(`${file}: ${what}, ${megabytes(bytes)}`);
  screen.progress(`Where no registry is: mesh-harness run all --platform kind --bundle ${file} --offline`);
  return EXIT.passed;
}

/** Brings what a bundle holds to this machine. @returns 0. @throws HarnessError ERR_UNREADABLE_FILE */
export async function imagesLoadCommand(file: string, environment: Environment): Promise<number> {
  assertBundleFile(file, file);
  const [{ foundEngine }, { openBundle, installBundle, nodeImageOf }] = await Promise.all([
    import('../../platform/kind/images/choose.ts'),
    import('../../platform/kind/images/opened-bundle.ts'),
  ]);
  const { env, signal } = environment;
  const screen = createScreen(environment);
  const { engine, info } = await foundEngine({ path: env['PATH'] ?? '' });
  screen.progress(`checking ${file}`);
  const bundle = await openBundle(path.resolve(file), info, signal);
  const done = await installBundle(bundle, engine, cacheFolder(env), signal);
  for (const line of done) screen.result(line);
  if (done.length === 0) screen.result('All of it is here already.');
  const node = nodeImageOf(bundle) ?? 'none';
  screen.progress(`Node image: ${node}. Istio’s images go into nodes by run --bundle ${file}`);
  return EXIT.passed;
}

async function optionsOf(flags: ImageChoiceFlags, environment: Environment, screen: Screen) {
  const { signal } = environment;
  const { name: edition } = await chooseEdition(flags, 'kind', signal);
  const given = { ...flags, context: [], apiServer: [] };
  return { ...realSettings(given, edition, environment, line => screen.progress(line)), signal };
}

function asText({ window, istio, images }: Choice, engine: FoundEngine | undefined): readonly string[] {
  const platform = engine ? `, ${engine.info.platform}` : '';
  const width = Math.max(...images.map(({ role }) => role.length));
  return [
    `Istio ${istio.version}, Kubernetes ${window.nodeVersion}${platform}`,
    ...images.map(
      image => `${image.role.padEnd(width)}  ${image.reference}${engine ? `  ${whereIs(image)}` : ''}`,
    ),
  ];
}

function whereIs({ reference, here }: WantedImage): string {
  if (!here) return '(not in the engine)';
  const tag = here.name === reference ? '' : ' by its tag alone';
  return `(in the engine${tag}, ${megabytes(here.bytes)}, ${here.id.slice(0, 19)})`;
}

const asJson = ({ window, istio, images }: Choice, engine: FoundEngine | undefined, edition: string) => ({
  edition,
  istio: istio.version,
  kubernetes: window.nodeVersion,
  ...(engine && { platform: engine.info.platform }),
  images: images.map(({ role, reference, here }) => ({
    role,
    reference,
    ...(engine && { isInEngine: here !== undefined }),
    ...(here && { name: here.name, id: here.id, digests: here.digests, bytes: here.bytes }),
  })),
});

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
