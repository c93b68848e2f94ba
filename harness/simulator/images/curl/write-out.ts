/** curl's `-w`: what is known of a transfer, and the format that shows it. */
import type { Target } from './target.ts';

/** What curl knows of a finished transfer. Times are milliseconds since its start. */
export interface TransferReport {
  readonly url: string;
  readonly method: string;
  readonly scheme: string;
  exitCode: number;
  errorMessage: string;
  /** 0 without an answer. */
  status: number;
  httpVersion: string;
  contentType: string | undefined;
  /** New connections that it took: 0 when one was used again. */
  connections: number;
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  resolvedMs: number;
  connectedMs: number;
  securedMs: number;
  firstByteMs: number;
  totalMs: number;
  downloadedBytes: number;
  uploadedBytes: number;
  headerBytes: number;
}

/** Returns the report of a transfer that has not begun. */
export function emptyReport(target: Target, method: string): TransferReport {
  return {
    url: target.url,
    method,
    scheme: target.isSecure ? 'HTTPS' : 'HTTP',
    exitCode: 0,
    errorMessage: '',
    status: 0,
    httpVersion: '0',
    contentType: undefined,
    connections: 0,
    localAddress: '',
    localPort: 0,
    remoteAddress: '',
    remotePort: 0,
    resolvedMs: 0,
    connectedMs: 0,
    securedMs: 0,
    firstByteMs: 0,
    totalMs: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    headerBytes: 0,
  };
}

const time = (ms: number): string => (ms / 1000).toFixed(6);

interface Variable {
  readonly show: (report: TransferReport) => string;
  /** Old releases do not know it. */
  readonly isModern?: true;
}

const status = (report: TransferReport): string => String(report.status).padStart(3, '0');

/** src/tool_writeout.c of curl 7.69 and 8.16. */
const VARIABLES: Readonly<Record<string, Variable>> = {
  http_code: { show: status },
  response_code: { show: status },
  time_total: { show: report => time(report.totalMs) },
  time_namelookup: { show: report => time(report.resolvedMs) },
  time_connect: { show: report => time(report.connectedMs) },
  time_appconnect: { show: report => time(report.securedMs) },
  time_pretransfer: { show: report => time(Math.max(report.connectedMs, report.securedMs)) },
  time_starttransfer: { show: report => time(report.firstByteMs) },
  time_redirect: { show: () => time(0) },
  local_ip: { show: report => report.localAddress },
  local_port: { show: report => String(report.localPort) },
  remote_ip: { show: report => report.remoteAddress },
  remote_port: { show: report => String(report.remotePort) },
  num_connects: { show: report => String(report.connections) },
  num_redirects: { show: () => '0' },
  size_download: { show: report => String(report.downloadedBytes) },
  size_upload: { show: report => String(report.uploadedBytes) },
  size_header: { show: report => String(report.headerBytes) },
  speed_download: { show: report => speed(report.downloadedBytes, report.totalMs) },
  content_type: { show: report => report.contentType ?? '' },
  http_version: { show: report => report.httpVersion },
  url_effective: { show: report => report.url },
  scheme: { show: report => report.scheme },
  method: { show: report => report.method, isModern: true },
  url: { show: report => report.url, isModern: true },
  exitcode: { show: report => String(report.exitCode), isModern: true },
  errormsg: { show: report => report.errorMessage, isModern: true },
};

const speed = (bytes: number, ms: number): string =>
  (ms > 0 ? Math.floor((bytes * 1000) / ms) : bytes).toString();

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A text as it is, or what shows a transfer. */
type Part = string | ((report: TransferReport, warn: (name: string) => void) => string);

/** A format as `-w` has it, read once for all transfers. */
export class WriteOut {
  readonly #parts: readonly Part[];

  constructor(format: string, isModern: boolean) {
    const parts: Part[] = [];
    let from = 0;
    for (const match of format.matchAll(/%%|%\{([^}]*)\}|\\([\s\S])/g)) {
      const [whole, name = '', escaped] = match;
      parts.push(format.slice(from, match.index));
      if (whole === '%%') parts.push('%');
      else if (escaped !== undefined) parts.push(ESCAPES[escaped] ?? whole);
      else parts.push(shownBy(name, isModern));
      from = match.index + whole.length;
    }
    parts.push(format.slice(from));
    this.#parts = parts;
  }

  /**
   * @param warn - called with the name of a variable that this release does not know; nothing is shown for it
   */
  show(report: TransferReport, warn: (name: string) => void): string {
    let text = '';
    for (const part of this.#parts) text += typeof part === 'string' ? part : part(report, warn);
    return text;
  }
}

function shownBy(name: string, isModern: boolean): Part {
  const variable = VARIABLES[name];
  if (variable && (isModern || !variable.isModern)) return variable.show;
  return (_report, warn) => {
    warn(name);
    return '';
  };
}
