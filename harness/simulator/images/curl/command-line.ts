/**
 * Reads curl's command line, as far as it is simulated. Anything else ends with exit code 2, as with curl for
 * what it does not know.
 */
import { CurlError, EXIT_CODE } from './errors.ts';
import { type CurlOptions, noOptions } from './options.ts';

type Flag = { readonly takes: 'nothing'; readonly set: (options: CurlOptions) => void };
type Parameter = { readonly takes: 'value'; readonly set: (options: CurlOptions, value: string) => void };

/** The options whose values have this type. */
type Having<Value> = {
  [Key in keyof CurlOptions]: CurlOptions[Key] extends Value ? Key : never;
}[keyof CurlOptions];

const value = (set: (options: CurlOptions, value: string) => void): Parameter => ({ takes: 'value', set });
const turnsOn = (...names: readonly Having<boolean>[]): Flag => ({
  takes: 'nothing',
  set: options => {
    for (const name of names) options[name] = true;
  },
});
const sets = (name: Having<string | undefined>) =>
  value((options, text) => {
    options[name] = text;
  });
const addsTo = (name: Having<string[]>) => value((options, text) => void options[name].push(text));
const ignored = turnsOn();

/** Every option that is known, by its long name. */
const LONG: Readonly<Record<string, Flag | Parameter>> = {
  silent: turnsOn('silent'),
  'show-error': turnsOn('showError'),
  fail: turnsOn('fail'),
  'fail-with-body': turnsOn('failWithBody'),
  insecure: turnsOn('insecure'),
  verbose: turnsOn('verbose'),
  head: turnsOn('head'),
  include: turnsOn('include'),
  globoff: turnsOn('globOff'),
  'path-as-is': turnsOn('pathAsIs'),
  version: turnsOn('showVersion'),
  'no-progress-meter': turnsOn('silent', 'showError'),
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
  header: addsTo('headers'),
  data: addsTo('data'),
  'data-raw': addsTo('data'),
  request: sets('method'),
  'request-target': sets('requestTarget'),
  'user-agent': sets('userAgent'),
  'write-out': sets('writeOut'),
  output: addsTo('outputs'),
  'dump-header': sets('dumpHeader'),
  cacert: sets('caFile'),
  cert: sets('certFile'),
  key: sets('keyFile'),
  resolve: value((options, text) => {
    const match = /^\+?([^:]+):(\d+):(.+)$/.exec(text);
    if (!match) throw new CurlError(EXIT_CODE.badUrl, `Couldn't parse CURLOPT_RESOLVE entry '${text}'`);
    options.resolve.set(`${match[1]?.toLowerCase()}:${match[2]}`, (match[3] ?? '').split(','));
  }),
  url: addsTo('urls'),
};

/** The long names of short options. */
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

/**
 * Reads curl's arguments.
 * @throws UsageError for an unknown option or a missing parameter; CurlError for a malformed `--resolve`
 */
export function parseArguments(args: readonly string[]): CurlOptions {
  const options = noOptions();
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

/** Reads short flags: `-sSm 15`, `-m15`. They may share a dash, and a parameter may follow at once. */
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

/** Reads seconds, perhaps with a fraction. @returns milliseconds; undefined for 0, which is no limit */
function seconds(name: string, text: string): number | undefined {
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(text))
    throw new UsageError(`option ${name}: expected a proper numerical parameter`);
  const ms = Math.round(Number(text) * 1000);
  return ms === 0 ? undefined : ms;
}
