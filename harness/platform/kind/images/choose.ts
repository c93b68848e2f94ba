/** What a run on kind would need with these settings, and where each image is now. */
import { findProgram } from '../../../process/find.ts';
import { istioPrograms } from '../../image-list.ts';
import { findIstio, type IstioRelease } from '../../programs.ts';
import type { VersionWindow } from '../../version-windows.ts';
import { windowWith } from '../../versions.ts';
import { connectEngine } from '../engine/connect.ts';
import type { Engine, EngineImage, EngineInfo } from '../engine/engine.ts';
import { absentNodeImage, findNodeImage, type NodeImage, windowWithNode } from '../node-image.ts';
import type { KindOptions } from '../options.ts';
import { engineNeeds, type Need, nodeNeeds } from './needs.ts';

/** Settings with the signal that ends the work. */
export type ChoiceOptions = KindOptions & { readonly signal: AbortSignal };

/** An engine, with what it says of itself. */
export interface FoundEngine {
  readonly engine: Engine;
  readonly info: EngineInfo;
  /** Path of the docker command. */
  readonly command: string;
}

/** An image that is needed. */
export interface WantedImage extends Need {
  /** Under this name; absent if the engine does not have it, or does not answer. */
  readonly here?: EngineImage & { readonly name: string };
}

/** What a run would need. */
export interface Choice {
  /** With the node image as it was found. */
  readonly window: VersionWindow;
  readonly istio: IstioRelease;
  readonly node: NodeImage;
  readonly images: readonly WantedImage[];
}

/** Finds the engine. @throws HarnessError ERR_PLATFORM_NOT_READY */
export async function foundEngine({ path }: Pick<KindOptions, 'path'>): Promise<FoundEngine> {
  const engine = await connectEngine();
  return { engine, info: await engine.info(), command: findProgram('docker', path) ?? 'docker' };
}

/**
 * Lists all images that a run would need, by what Istio's own istioctl renders.
 * @param found - the engine; without one nothing is known of where images are
 * @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TOOL if istioctl is missing or fails
 */
export async function chooseImages(found: FoundEngine | undefined, options: ChoiceOptions): Promise<Choice> {
  const { edition, istioVersion, nodeImage: asked, hub, signal } = options;
  const wanted = windowWith(edition, istioVersion);
  const istio = await findIstio(wanted, options);
  const node = found ? await findNodeImage(found.engine, wanted, asked) : absentNodeImage(wanted, asked);
  const needs = [
    ...engineNeeds(asked ?? wanted.nodeImage, options),
    ...(await nodeNeeds(istioPrograms(istio, hub), options, signal)),
  ];
  const images = await Promise.all(
    needs.map(async (need): Promise<WantedImage> => {
      const name = need.role === 'node' ? node.reference : need.reference;
      const here = await found?.engine.image(name);
      return { ...need, ...(here && { here: { ...here, name } }) };
    }),
  );
  return { window: windowWithNode(wanted, node), istio, node, images };
}
