/**
 * Tells who answered a question of the proof of isolation. It goes by what was written back: an exit code
 * says that somebody answered, and a proxy or a stray host is somebody too.
 */
import { HarnessError } from '../../base/errors.ts';
import { redact } from '../../base/redact.ts';
import { CONNECTED } from '../curl.ts';

/** Who is asked, and how its own answer is known. */
type Identity =
  /** A pod: it writes the token back, which only the harness and this pod know. */
  | { readonly kind: 'token'; readonly token: string }
  /**
   * An API server: its certificate is of its own cluster's authority, in this file beside the asking curl.
   */
  | { readonly kind: 'api-server'; readonly caFile: string };

/** `someone else`: an answer came, and it is not that of whoever was asked. */
type Found = 'reached' | 'cut off' | 'someone else';

export interface Answer {
  readonly found: Found;
  /** Seconds of curl's own clock. */
  readonly seconds: number;
  /** Who else answered, in its words: the first lines of its answer, redacted. */
  readonly said?: string;
}

/** What stands before curl's own figures; no line of an answer is taken for it, as the last one counts. */
const MARK = '=== mesh-harness';
const FIGURES = /^=== mesh-harness (\d{3}) ([\d.]+) ([\d.]+)$/gm;
/** curl could not even ask: its arguments or its files are bad (`man curl`, EXIT CODES). */
const NOT_ASKED = new Set([2, 4, 23, 26, 27, 58, 59, 77]);
const MAX_SAID = 160;
/** Bytes a second: a stray server that writes without end fills no memory. */
const LIMIT_RATE = '64k';
/**
 * kubeadm puts this name into every API server's certificate (cmd/kubeadm/app/util/pkiutil @v1.21, @v1.34).
 */
const API_SERVER_NAME = 'kubernetes';

/** A question for curl. */
export interface Question {
  readonly url: string;
  readonly identity: Identity;
}

/**
 * Returns the command line that asks. No configuration of the node's (`-q`) and none of its proxy variables
 * (`--noproxy`) takes part: kind puts a user's proxies into its nodes. API servers are asked for by the name
 * that each has in its certificate, at the address in question, which not every certificate names. What curl
 * tells goes the way of the answer (`--stderr -`): of two pipes, an engine on a busy machine may read half a
 * line of one, and then the other.
 * @param seconds - the time limit
 */
export function questionArgv({ url, identity }: Question, seconds: number): readonly string[] {
  const common = [
    ...[
      'curl',
      '-q',
      '-sSv',
      '--stderr',
      '-',
      '--noproxy',
      '*',
      '-m',
      String(seconds),
      '--limit-rate',
      LIMIT_RATE,
    ],
    ...['-w', `\\n${MARK} %{http_code} %{time_connect} %{time_total}\\n`],
  ];
  if (identity.kind === 'token') return [...common, url];
  const { hostname, port, pathname } = new URL(url);
  const resolve = `${API_SERVER_NAME}:${port}:${hostname}`;
  const named = `https://${API_SERVER_NAME}:${port}${pathname}`;
  return [...common, '--cacert', identity.caFile, '--resolve', resolve, named];
}

/**
 * Reads what `questionArgv` has printed, both streams in one.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if nothing was asked: then neither answer nor silence says
 *   anything of a network
 */
export function readAnswer(exitCode: number, output: string, identity: Identity): Answer {
  const text = output.replaceAll('\r', '');
  const [, status, connect, total] = [...text.matchAll(FIGURES)].at(-1) ?? [];
  if (status === undefined || NOT_ASKED.has(exitCode)) {
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      `curl could not ask in a node (exit code ${exitCode}): ${redact(lastLine(text))}`,
      {
        hint: 'The proof of isolation needs curl and nsenter in the nodes, as the images of kind have them.',
      },
    );
  }
  const seconds = Number(total);
  if (isOwn(text, status, identity)) return { found: 'reached', seconds };
  const isRefused = /failed: Connection refused/.test(text);
  // curl 7.88 forgets the time of a connection whose TLS fails; later ones say `Established connection to`.
  const isTaken =
    Number(connect) > 0 ||
    CONNECTED.has(exitCode) ||
    /^\* (?:Connected|Established connection) to /m.test(text);
  // Whoever takes or refuses a connection is there. Silence and a router's "unreachable" are cut off.
  if (isTaken || isRefused) return { found: 'someone else', seconds, said: saidIn(text, isRefused) };
  return { found: 'cut off', seconds };
}

/** Tells whether the answer is that of whoever was asked. */
function isOwn(text: string, status: string, identity: Identity): boolean {
  switch (identity.kind) {
    case 'token':
      return status === '200' && text.split('\n').includes(identity.token);
    case 'api-server':
      // curl sends no request before it has verified the certificate: so whatever status came is its own.
      return status !== '000';
  }
}

/** What someone said: the head of an HTTP answer and the first line below it, else curl's word on it. */
function saidIn(text: string, isRefused: boolean): string {
  const lines = text.split('\n');
  const head = lines.findLast(line => line.startsWith('< HTTP/'))?.slice(2);
  const body = lines.find(line => line.trim() !== '' && !/^(?:[*<>{}] |=== |curl: |[<>]$)/.test(line));
  const trouble = lines.findLast(line => line.startsWith('curl: '));
  const said = isRefused
    ? 'Connection refused'
    : head !== undefined
      ? `${head.trim()}${body === undefined ? '' : ` | ${body.trim()}`}`
      : (trouble ?? 'took the connection and said nothing');
  return redact(said).slice(0, MAX_SAID);
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, MAX_SAID) ?? '';
