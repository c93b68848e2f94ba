/** The images for a probe's pods, from the samples of an Istio release. */
import { join } from 'node:path';
import { readdirSync, readFileSync } from '../../base/disk/disk.ts';
import { HarnessError } from '../../base/errors.ts';
import { withImages } from '../../model/sample-images.ts';
import type { ProbeImages } from './probe-options.ts';

/**
 * Lists the images that the guide's samples run, by the release's own files.
 * @throws HarnessError ERR_UNREADABLE_FILE
 */
export function sampleImages(samples: string, instead: Readonly<Record<string, string>> = {}): ProbeImages {
  // The client of the guide was called sleep, and is called curl now.
  const client = readdirSync(samples).includes('curl') ? 'curl/curl.yaml' : 'sleep/sleep.yaml';
  const imageIn = (file: string) => {
    const text = withImages(readFileSync(join(samples, file), 'utf8'), instead);
    const image = /^\s*image:\s*(\S+)/m.exec(text)?.[1];
    if (image !== undefined) return image;
    throw new HarnessError('ERR_UNREADABLE_FILE', `${join(samples, file)} names no image.`);
  };
  return { client: imageIn(client), server: imageIn('helloworld/helloworld.yaml') };
}
