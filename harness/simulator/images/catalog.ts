/** Every image that can be pulled in the simulated world. */
import type { Image, ImageCatalog, Main } from '../program.ts';
import { curlImages } from './curl-images.ts';
import { helloWorldImages } from './hello-world.ts';
import { pauseImage } from './pause.ts';
import { pilotImages } from './pilot.ts';
import { proxyImages } from './proxyv2.ts';
import { isReferenceOf, parseReference } from './references.ts';

/**
 * Returns the catalog.
 * @param more - images besides those of the guide
 * @param istiod - the program of istiod's pods; ours by default
 */
export function createImageCatalog(more: readonly Image[] = [], istiod?: Main): ImageCatalog {
  const images: readonly Image[] = [
    ...helloWorldImages,
    ...curlImages,
    pauseImage,
    ...pilotImages(istiod),
    ...proxyImages,
    ...more,
  ];
  return reference => {
    const parsed = parseReference(reference);
    return parsed && images.find(image => isReferenceOf(parsed, image));
  };
}
