/** The image of sidecars, gateways and istio-init: `istio/proxyv2`. */

import { pilotAgent } from '../istio/agent/agent.ts';
import { istioIptables } from '../istio/agent/iptables.ts';
import type { Image } from '../program.ts';
import { CURL_OF_2020, CURL_OF_2025, createCurl } from './curl/curl.ts';
import { IMAGE_ORGANISATIONS } from './references.ts';
import { smallPrograms } from './small-programs.ts';

/** The releases that there are, by line; what differs between the lines is in `istio/releases.ts`. */
const LINES = [
  { versions: ['1.8.0', '1.8.1', '1.8.2', '1.8.3', '1.8.4', '1.8.5', '1.8.6'], curl: CURL_OF_2020 },
  { versions: ['1.30.0', '1.30.1', '1.30.2', '1.30.3'], curl: CURL_OF_2025 },
] as const;

/** One for each release: the tag says which it is. */
export const proxyImages: readonly Image[] = LINES.flatMap(({ versions, curl }) => {
  const programs = {
    ...smallPrograms,
    '/usr/local/bin/pilot-agent': pilotAgent,
    '/usr/local/bin/istio-iptables': istioIptables,
    '/usr/bin/curl': createCurl(curl),
  };
  return versions.flatMap(version =>
    IMAGE_ORGANISATIONS.map(organisation => ({
      name: `${organisation}/proxyv2`,
      tags: [version, `${version}-distroless`],
      env: { ISTIO_VERSION: version, ISTIO_META_ISTIO_VERSION: version },
      user: 1337,
      entrypoint: ['/usr/local/bin/pilot-agent'],
      cmd: [],
      programs,
    })),
  );
});
