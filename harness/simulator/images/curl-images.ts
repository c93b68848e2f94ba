/** The images of the guide's client pods: sleep and curl. */
import type { Image, Main } from '../program.ts';
import { CURL_OF_2020, CURL_OF_2025, createCurl } from './curl/curl.ts';
import { smallPrograms } from './small-programs.ts';

const curlOf2025 = createCurl(CURL_OF_2025);
const programsOf2025: Readonly<Record<string, Main>> = { ...smallPrograms, '/usr/bin/curl': curlOf2025 };

/** Runs the program that its arguments name, or curl with them (curl/curl-container etc/entrypoint.sh). */
const entrypoint: Main = context => {
  const [, name = ''] = context.argv;
  const program = Object.entries(programsOf2025).find(
    ([path]) => path === name || path.endsWith(`/${name}`),
  )?.[1];
  const isProgram = program !== undefined && name !== '';
  return isProgram
    ? program({ ...context, argv: context.argv.slice(1) })
    : curlOf2025({ ...context, argv: ['curl', ...context.argv.slice(1)] });
};

/** The images of curl: the guide's of both editions, each with its release. */
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
    programs: { ...programsOf2025, '/entrypoint.sh': entrypoint },
  },
];
