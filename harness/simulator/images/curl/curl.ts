/**
 * The program curl: every URL of its command line in turn, in the words and with the exit codes of the real
 * one.
 */
import { messageOf } from '../../../base/errors.ts';
import type { Main, ProcessContext } from '../../program.ts';
import { TERMINATED } from '../small-programs.ts';
import { type StandardOutput, standardOutput } from '../standard-output.ts';
import { Connections } from './connection.ts';
import { CurlError, type CurlRelease, EXIT_CODE } from './errors.ts';
import type { Sink } from './http-request.ts';
import { type CurlOptions, methodOf, parseArguments, UsageError } from './options.ts';
import { METER_HEAD, meterLine } from './progress-meter.ts';
import { parseTarget } from './target.ts';
import { Cancellation, type CurlProcess, Transfer } from './transfer.ts';
import { expandUrl, type GlobbedUrl, GlobError } from './url-glob.ts';
import { emptyReport, formatWriteOut } from './write-out.ts';

/** curl 7.69.1, as in `governmentpaas/curl-ssl` (the guide's 1.8 edition). */
export const CURL_OF_2020: CurlRelease = { version: '7.69.1', isModern: false };
/** curl 8.16.0, as in `curlimages/curl:8.16.0`. */
export const CURL_OF_2025: CurlRelease = { version: '8.16.0', isModern: true };

/** One URL, and the file that `-o` names for it. */
interface Wanted {
  readonly globbed: GlobbedUrl;
  readonly path: string | undefined;
}

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

/** Expands the URLs of the command line. @throws CurlError for a pattern that is none */
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
  const process: CurlProcess = { context, options, release, connections, cancellation };
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

/** @returns the exit code of this transfer; the last one's is the process's */
async function fetchOne(
  process: CurlProcess,
  { globbed: { url, values }, path: asked }: Wanted,
  output: StandardOutput,
): Promise<number> {
  const { context, options, release } = process;
  const path = asked?.replace(/#(\d+)/g, (whole, index: string) => values[Number(index) - 1] ?? whole);
  const isVisible = path === undefined || path === '-';
  let saved = '';
  let heads = '';
  const write = (text: string) => {
    if (isVisible) output.write(text);
    else if (path !== '/dev/null') saved += text;
  };
  const sink: Sink = {
    head: text => {
      if (options.include || options.head) write(text);
      heads += text;
    },
    body: write,
    verbose: line => {
      if (options.verbose) context.stderr(`${line}\n`);
    },
  };
  const showsErrors = !options.silent || options.showError;
  const showsMeter = !options.silent && !options.verbose;
  let error: CurlError | undefined;
  let report: ReturnType<typeof emptyReport> | undefined;
  if (showsMeter) context.stderr(METER_HEAD);
  try {
    const target = parseTarget(url, release);
    report = emptyReport(target, methodOf(options));
    await new Transfer(process, target, report, sink).run();
    if (path !== undefined && !isVisible && path !== '/dev/null') context.files.write(path, saved);
    writeHeads(context, output, options, heads);
  } catch (reason) {
    if (context.signal.aborted) return TERMINATED;
    if (!(reason instanceof CurlError)) throw reason;
    error = reason;
  }
  if (showsMeter && report) context.stderr(meterLine(report));
  const exitCode = error?.exitCode ?? 0;
  if (report) {
    report.exitCode = exitCode;
    report.errorMessage = error?.message ?? '';
  }
  if (error && showsErrors) {
    context.stderr(`curl: (${exitCode}) ${error.message}\n${error.advice ?? ''}`);
  }
  if (options.writeOut !== undefined && report) {
    const unknown = (name: string) => context.stderr(`curl: unknown --write-out variable: '${name}'\n`);
    output.write(formatWriteOut(options.writeOut, report, release.isModern, unknown));
  }
  return exitCode;
}

function writeHeads(
  context: ProcessContext,
  output: StandardOutput,
  { dumpHeader }: CurlOptions,
  heads: string,
): void {
  if (dumpHeader === undefined) return;
  if (dumpHeader === '-') {
    output.write(heads);
    return;
  }
  try {
    context.files.write(dumpHeader, heads);
  } catch (error) {
    throw new CurlError(EXIT_CODE.write, `Failed to open ${dumpHeader}: ${messageOf(error)}`);
  }
}
