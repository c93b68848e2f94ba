/** `mesh-harness images`: what its commands stand below, their words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { collect, imageHub, imageReference, istioRelease, oneOf, webAddress } from '../flag-values.ts';

/** What decides which images a run on kind needs, as with `run`. */
export interface ImageChoiceFlags {
  readonly edition?: string;
  readonly nodeImage?: string;
  readonly istioDir?: string;
  readonly istioVersion?: string;
  readonly mirror?: string;
  readonly offline: boolean;
  readonly hub?: string;
  readonly tag?: string;
  readonly set: readonly string[];
  readonly loadBalancer?: string;
  /** False for --no-cache. */
  readonly cache: boolean;
}

/** The flags of `mesh-harness images list`. */
export interface ImagesListFlags extends ImageChoiceFlags {
  readonly output: 'text' | 'json';
}

/** The flags of `mesh-harness images save FILE`. */
export interface ImagesSaveFlags extends ImageChoiceFlags {
  readonly force: boolean;
}

/** Declares `mesh-harness images`, which does nothing without a command of its own. */
export const declareImages = (program: Command): Command =>
  program
    .command('images')
    .description(
      'what a run on kind needs of images and programs: list it, or carry it to where no registry is',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness images list
  $ mesh-harness images save mesh.bundle                         (where there is a network)
  $ mesh-harness run all --platform kind --bundle mesh.bundle --offline`,
    );

/** Declares `mesh-harness images list`. */
export function declareImagesList(images: Command, action: Action<[flags: ImagesListFlags]>): void {
  const list = images.command('list').description('list the images, and whether the engine has them');
  addChoiceFlags(list)
    .option('-o, --output <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness images list --hub hub.example/istio --tag 1.30.3')
    .action((flags: ImagesListFlags) => action(flags));
}

/** Declares `mesh-harness images save FILE`. */
export function declareImagesSave(
  images: Command,
  action: Action<[file: string, flags: ImagesSaveFlags]>,
): void {
  const save = images
    .command('save')
    .description(
      'write all images and programs of a run into one file; what is missing is pulled and fetched',
    )
    .argument('<file>', 'where to; it is not there yet');
  addChoiceFlags(save)
    .option('--force', 'replace the file', false)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness images save mesh.bundle --edition current')
    .action((file: string, flags: ImagesSaveFlags) => action(file, flags));
}

/** Declares `mesh-harness images load FILE`. */
export function declareImagesLoad(images: Command, action: Action<[file: string]>): void {
  images
    .command('load')
    .description('bring the images of nodes and cache into the engine, and programs into the cache')
    .argument('<file>', 'as images save has written it')
    .addHelpText(
      'after',
      `
Istio’s own images stay in the file: run --bundle FILE takes them into the nodes.

Examples:
  $ mesh-harness images load mesh.bundle`,
    )
    .action((file: string) => action(file));
}

function addChoiceFlags(command: Command): Command {
  return command
    .option('--edition <name>', '1.8 or current (default), or that of the release')
    .option('--node-image <image>', 'what kind makes its nodes of (default: the edition’s)', imageReference)
    .option('--istio-dir <dir>', 'an unpacked Istio release')
    .option('--istio-version <release>', 'the release of Istio (default: the edition’s)', istioRelease)
    .option('--mirror <url>', 'where kind, kubectl and Istio are fetched from', webAddress)
    .option('--offline', 'fetch nothing', false)
    .option('--hub <registry>', 'the registry of Istio’s images', imageHub)
    .option('--tag <tag>', 'the tag of Istio’s images')
    .option('--set <path=value>', 'for every istioctl install (repeatable)', collect, [])
    .option('--load-balancer <name>', 'node-address (default), metallb or cloud-provider-kind')
    .option('--no-cache', 'without the image of the cache that outlives runs');
}
