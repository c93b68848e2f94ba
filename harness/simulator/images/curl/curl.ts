/**
 * The program curl: every URL of its command line in turn, in the words and with the exit codes of the real
 * one.
 */
import type { Main, ProcessContext } from '../../program.ts';
import { TERMINATED } from '../small-programs.ts';
import { standardOutput } from '../standard-output.ts';
import { Cancellation } from './cancellation.ts';
import { parseArguments, UsageError } from './command-line.ts';
import { Connections } from './connection.ts';
import type { CurlProcess } from './curl-process.ts';
import { CurlError, type CurlRelease, EXIT_CODE } from './errors.ts';
import { fetchOne, type Wanted } from './fetch-url.ts';
import type { CurlOptions } from './options.ts';
import { RequestHeaders } from './request-headers.ts';
import { expandUrl, GlobError } from './url-glob.ts';
import { WriteOut } from './write-out.ts';

/** curl 7.69.1, as in `governmentpaas/curl-ssl` (the guide's 1.8 edition). */
export const CURL_OF_2020: CurlRelease = { version: '7.69.1', isModern: false };
/** curl 8.16.0, as in `curlimages/curl:8.16.0`. */
export const CURL_OF_2025: CurlRelease = { version: '8.16.0', isModern: true };

/** Makes the program of one release. */
export function createCurl(release: CurlRelease): Main {
  return async context => {
    try {
      const options = parseArguments(context.argv.slice(1));
      if (options.showVersion) {
        context.stdout(`curl ${release.version} (x86_64-alpine-linux-musl)\nProtocols: http https\n`);
        return 0;
      }
      if (options.urls.length === 0)
        throw new UsageError(release.isModern ? '(2) no URL specified' : 'no URL specified!');
      const urls = wantedUrls(options);
      return await fetchAll(context, options, release, urls);
    } catch (error) {
      if (error instanceof CurlError) return complain(context, error);
      if (!(error instanceof UsageError)) throw error;
      context.stderr(
        `curl: ${error.message}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
      );
      return EXIT_CODE.usage;
    }
  };
}

/** Expands the URLs of the command line. @throws CurlError for a malformed pattern */
function wantedUrls(options: CurlOptions): readonly Wanted[] {
  try {
    return options.urls.flatMap((url, index) =>
      (options.globOff ? [{ url, values: [] }] : expandUrl(url)).map(globbed => ({
        globbed,
        path: options.outputs[index],
      })),
    );
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    throw new CurlError(EXIT_CODE.badUrl, error.message);
  }
}

/** Fetches the URLs in turn. @returns the exit code of the last one */
async function fetchAll(
  context: ProcessContext,
  options: CurlOptions,
  release: CurlRelease,
  urls: readonly Wanted[],
): Promise<number> {
  const connections = new Connections(context, options, release);
  const cancellation = new Cancellation();
  const process: CurlProcess = {
    context,
    options,
    release,
    connections,
    cancellation,
    headers: new RequestHeaders(options, release),
    writeOut: options.writeOut === undefined ? undefined : new WriteOut(options.writeOut, release.isModern),
  };
  const output = standardOutput(context);
  const onTold = () => cancellation.cancel(context.signal.reason);
  context.signal.addEventListener('abort', onTold, { once: true });
  let exitCode = 0;
  try {
    for (const url of urls) {
      if (context.signal.aborted) return TERMINATED;
      exitCode = await fetchOne(process, url, output);
    }
    if (context.signal.aborted) return TERMINATED;
    output.flush();
  } finally {
    context.signal.removeEventListener('abort', onTold);
    connections.close();
  }
  return exitCode;
}

function complain({ stderr }: ProcessContext, error: CurlError): number {
  stderr(`curl: (${error.exitCode}) ${error.message}\n`);
  return error.exitCode;
}
