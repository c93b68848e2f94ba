/** The image of istiod: `istio/pilot`. */

import { pilotDiscovery } from '../istio/istiod/discovery.ts';
import type { Image, Main } from '../program.ts';
import { CURL_OF_2020, createCurl } from './curl/curl.ts';
import { IMAGE_ORGANISATIONS } from './references.ts';
import { smallPrograms } from './small-programs.ts';

/**
 * The releases that there are, by line; today's image is distroless, so `pilot-discovery request` takes the
 * place of curl there.
 */
const LINES = [
  {
    versions: ['1.8.0', '1.8.1', '1.8.2', '1.8.3', '1.8.4', '1.8.5', '1.8.6'],
    tools: { ...smallPrograms, '/usr/bin/curl': createCurl(CURL_OF_2020) },
  },
  { versions: ['1.30.0', '1.30.1', '1.30.2', '1.30.3'], tools: {} },
] as const;

/**
 * Lists an image for each release: the tag says which it is.
 * @param istiod - stands in their place; `pilot-discovery request`, which needs the pod's network, stays ours
 */
export function pilotImages(istiod?: Main): readonly Image[] {
  const program: Main = istiod
    ? context => (context.argv[1] === 'request' ? pilotDiscovery : istiod)(context)
    : pilotDiscovery;
  return LINES.flatMap(({ versions, tools }) =>
    versions.flatMap(version =>
      IMAGE_ORGANISATIONS.map(organisation => ({
        name: `${organisation}/pilot`,
        tags: [version, `${version}-distroless`],
        env: { ISTIO_VERSION: version },
        user: 1337,
        entrypoint: ['/usr/local/bin/pilot-discovery'],
        cmd: [],
        programs: { ...tools, '/usr/local/bin/pilot-discovery': program },
      })),
    ),
  );
}
