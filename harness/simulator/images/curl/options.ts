/**
 * curl's command line, as far as it is simulated; anything else is refused with exit code 2, as curl does
 * with what it does not know.
 */
import { CurlError, EXIT_CODE } from './errors.ts';

/** What a command line of curl asks for, in types; times are milliseconds. */
export interface CurlOptions {
  silent: boolean;
  showError: boolean;
  fail: boolean;
  failWithBody: boolean;
  insecure: boolean;
  verbose: boolean;
  head: boolean;
  include: boolean;
  globOff: boolean;
  /** Milliseconds; undefined: no limit. */
  maxTimeMs: number | undefined;
  connectTimeoutMs: number | undefined;
  headers: string[];
  data: string[];
  method: string | undefined;
  userAgent: string | undefined;
  writeOut: string | undefined;
  /** In the order of the URLs. */
  outputs: string[];
  dumpHeader: string | undefined;
  caFile: string | undefined;
  certFile: string | undefined;
  keyFile: string | undefined;
  /** `HOST:PORT` in lower case → addresses. */
  resolve: Map<string, readonly string[]>;
  urls: string[];
  showVersion: boolean;
}

type Flag = { readonly takes: 'nothing'; readonly set: (options: CurlOptions) => void };
type Parameter = { readonly takes: 'value'; readonly set: (options: CurlOptions, value: string) => void };

const flag = (set: (options: CurlOptions) => void): Flag => ({ takes: 'nothing', set });
const value = (set: (options: CurlOptions, value: string) => void): Parameter => ({ takes: 'value', set });
const ignored = flag(() => {});

const LONG: Readonly<Record<string, Flag | Parameter>> = {
  silent: flag(options => {
    options.silent = true;
  }),
  'show-error': flag(options => {
    options.showError = true;
  }),
  fail: flag(options => {
    options.fail = true;
  }),
  'fail-with-body': flag(options => {
    options.failWithBody = true;
  }),
  insecure: flag(options => {
    options.insecure = true;
  }),
  verbose: flag(options => {
    options.verbose = true;
  }),
  head: flag(options => {
    options.head = true;
  }),
  include: flag(options => {
    options.include = true;
  }),
  globoff: flag(options => {
    options.globOff = true;
  }),
  version: flag(options => {
    options.showVersion = true;
  }),
  'no-progress-meter': flag(options => {
    options.silent = true;
    options.showError = true;
  }),
  // These change nothing here: there is no proxy, no IPv6, no HTTP/2, no terminal and no buffering.
  http1: ignored,
  'http1.1': ignored,
  ipv4: ignored,
  'no-buffer': ignored,
  'no-keepalive': ignored,
  'progress-bar': ignored,
  noproxy: value(() => {}),
  'max-time': value((options, text) => {
    options.maxTimeMs = seconds('--max-time', text);
  }),
  'connect-timeout': value((options, text) => {
    options.connectTimeoutMs = seconds('--connect-timeout', text);
  }),
  header: value((options, text) => {
    options.headers.push(text);
  }),
  data: value((options, text) => {
    options.data.push(text);
  }),
  'data-raw': value((options, text) => {
    options.data.push(text);
  }),
  request: value((options, text) => {
    options.method = text;
  }),
  'user-agent': value((options, text) => {
    options.userAgent = text;
  }),
  'write-out': value((options, text) => {
    options.writeOut = text;
  }),
  output: value((options, text) => {
    options.outputs.push(text);
  }),
  'dump-header': value((options, text) => {
    options.dumpHeader = text;
  }),
  cacert: value((options, text) => {
    options.caFile = text;
  }),
  cert: value((options, text) => {
    options.certFile = text;
  }),
  key: value((options, text) => {
    options.keyFile = text;
  }),
  resolve: value((options, text) => {
    const match = /^\+?([^:]+):(\d+):(.+)$/.exec(text);
    if (!match) throw new CurlError(EXIT_CODE.badUrl, `Couldn't parse CURLOPT_RESOLVE entry '${text}'`);
    options.resolve.set(`${match[1]?.toLowerCase()}:${match[2]}`, (match[3] ?? '').split(','));
  }),
  url: value((options, text) => {
    options.urls.push(text);
  }),
};

const SHORT: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  f: 'fail',
  k: 'insecure',
  v: 'verbose',
  I: 'head',
  i: 'include',
  g: 'globoff',
  V: 'version',
  4: 'ipv4',
  N: 'no-buffer',
  '#': 'progress-bar',
  m: 'max-time',
  H: 'header',
  d: 'data',
  X: 'request',
  A: 'user-agent',
  w: 'write-out',
  o: 'output',
  D: 'dump-header',
  E: 'cert',
};

/** A command line that curl cannot make sense of; the message is what curl prints. */
export class UsageError extends Error {}

/** @throws UsageError for an unknown option or a missing parameter */
export function parseArguments(args: readonly string[]): CurlOptions {
  const options: CurlOptions = {
    silent: false,
    showError: false,
    fail: false,
    failWithBody: false,
    insecure: false,
    verbose: false,
    head: false,
    include: false,
    globOff: false,
    maxTimeMs: undefined,
    connectTimeoutMs: undefined,
    headers: [],
    data: [],
    method: undefined,
    userAgent: undefined,
    writeOut: undefined,
    outputs: [],
    dumpHeader: undefined,
    caFile: undefined,
    certFile: undefined,
    keyFile: undefined,
    resolve: new Map(),
    urls: [],
    showVersion: false,
  };
  const left = [...args];
  const parameter = (name: string): string => {
    const next = left.shift();
    if (next === undefined) throw new UsageError(`option ${name}: requires parameter`);
    return next;
  };
  for (let argument = left.shift(); argument !== undefined; argument = left.shift()) {
    if (argument === '--') {
      options.urls.push(...left.splice(0));
    } else if (argument.startsWith('--')) {
      const option = LONG[argument.slice(2)];
      if (!option) throw new UsageError(`option ${argument}: is unknown`);
      if (option.takes === 'nothing') option.set(options);
      else option.set(options, parameter(argument));
    } else if (argument.startsWith('-') && argument !== '-') {
      parseShort(argument, options, parameter);
    } else {
      options.urls.push(argument);
    }
  }
  return options;
}

/** `-sSm 15`, `-m15`: flags may share a dash, and a parameter may follow at once. */
function parseShort(argument: string, options: CurlOptions, parameter: (name: string) => string): void {
  for (let index = 1; index < argument.length; index++) {
    const option = LONG[SHORT[argument.charAt(index)] ?? ''];
    if (!option) throw new UsageError(`option ${argument}: is unknown`);
    if (option.takes === 'nothing') {
      option.set(options);
      continue;
    }
    const rest = argument.slice(index + 1);
    option.set(options, rest === '' ? parameter(`-${argument.charAt(index)}`) : rest);
    return;
  }
}

function seconds(name: string, text: string): number | undefined {
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(text))
    throw new UsageError(`option ${name}: expected a proper numerical parameter`);
  const ms = Math.round(Number(text) * 1000);
  return ms === 0 ? undefined : ms;
}

/** Returns the method of the requests that these options make: of `-X`, or what `-I` and `-d` imply. */
export const methodOf = ({ method, head, data }: CurlOptions): string =>
  method ?? (head ? 'HEAD' : data.length > 0 ? 'POST' : 'GET');
