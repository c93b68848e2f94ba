/** The images of the guide's client pods: sleep and curl. */
import type { Image } from '../program.ts';
import { CURL_OF_2020, CURL_OF_2025, createCurl } from './curl/curl.ts';
import { smallPrograms } from './small-programs.ts';

export const curlImages: readonly Image[] = [
  {
    // samples/sleep/sleep.yaml @1.8.0
    name: 'governmentpaas/curl-ssl',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    user: 0,
    entrypoint: [],
    cmd: ['/bin/sh'],
    programs: { ...smallPrograms, '/usr/bin/curl': createCurl(CURL_OF_2020) },
  },
  {
    // samples/curl/curl.yaml and samples/sleep/sleep.yaml @1.30.3
    name: 'curlimages/curl',
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      CURL_CA_BUNDLE: '/cacert.pem',
    },
    user: 101,
    entrypoint: ['/entrypoint.sh'],
    cmd: ['curl'],
    programs: { ...smallPrograms, '/usr/bin/curl': createCurl(CURL_OF_2025) },
  },
];
