/** The options of curl, as far as they are simulated. */

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
  /** Dot segments of a URL stay in it. */
  pathAsIs: boolean;
  /** What stands on the request line in place of the URL's path. */
  requestTarget: string | undefined;
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

/** Returns the options of an empty command line. */
export const noOptions = (): CurlOptions => ({
  silent: false,
  showError: false,
  fail: false,
  failWithBody: false,
  insecure: false,
  verbose: false,
  head: false,
  include: false,
  globOff: false,
  pathAsIs: false,
  requestTarget: undefined,
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
});

/** Returns the method of the requests that these options make: of `-X`, or what `-I` and `-d` imply. */
export const methodOf = ({ method, head, data }: CurlOptions): string =>
  method ?? (head ? 'HEAD' : data.length > 0 ? 'POST' : 'GET');
