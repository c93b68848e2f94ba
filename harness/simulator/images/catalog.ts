/** Every image that can be pulled in the simulated world. */
import type { Image, ImageCatalog } from '../program.ts';
import { curlImages } from './curl-images.ts';
import { helloWorldImages } from './hello-world.ts';
import { pauseImage } from './pause.ts';
import { pilotImages } from './pilot.ts';
import { proxyImages } from './proxyv2.ts';
import { isReferenceOf, parseReference } from './references.ts';

/** @param more - images besides those of the guide */
export function createImageCatalog(more: readonly Image[] = []): ImageCatalog {
  const images: readonly Image[] = [
    ...helloWorldImages,
    ...curlImages,
    pauseImage,
    ...pilotImages,
    ...proxyImages,
    ...more,
  ];
  return reference => {
    const parsed = parseReference(reference);
    return parsed && images.find(image => isReferenceOf(parsed, image));
  };
}
