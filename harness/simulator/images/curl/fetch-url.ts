/** Fetches one URL of curl's command line: writes its answer, and prints what curl prints about it. */
import { messageOf } from '../../../base/errors.ts';
import type { ProcessContext } from '../../program.ts';
import { TERMINATED } from '../small-programs.ts';
import type { StandardOutput } from '../standard-output.ts';
import type { CurlProcess } from './curl-process.ts';
import { CurlError, EXIT_CODE } from './errors.ts';
import type { Sink } from './http-request.ts';
import { type CurlOptions, methodOf } from './options.ts';
import { METER_HEAD, meterLine } from './progress-meter.ts';
import { parseTarget } from './target.ts';
import { Transfer } from './transfer.ts';
import type { GlobbedUrl } from './url-glob.ts';
import { emptyReport } from './write-out.ts';

/** One URL, and the file that `-o` names for it. */
export interface Wanted {
  readonly globbed: GlobbedUrl;
  readonly path: string | undefined;
}

/**
 * Fetches one URL and prints what the options ask for.
 * @returns the exit code of this transfer; that of the last one is the process's
 */
export async function fetchOne(
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
    verbose: options.verbose ? line => context.stderr(`${line}\n`) : undefined,
  };
  const showsErrors = !options.silent || options.showError;
  const showsMeter = !options.silent && !options.verbose;
  let error: CurlError | undefined;
  let report: ReturnType<typeof emptyReport> | undefined;
  if (showsMeter) context.stderr(METER_HEAD);
  try {
    const target = parseTarget(url, release, options);
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
  if (process.writeOut && report) {
    const unknown = (name: string) => context.stderr(`curl: unknown --write-out variable: '${name}'\n`);
    output.write(process.writeOut.show(report, unknown));
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
