/**
 * Tells who answered a probe from a pod of a user's cluster. Whoever injects proxy variables into pods puts a
 * proxy between them: an exit code of curl's says no more than that somebody answered.
 */
import { redact } from '../../base/redact.ts';
import { CONNECTED } from '../curl.ts';

/** Who is asked, and how its own answer is known. */
export type ProbeIdentity =
  /** The probe's server, which tells the version that it was given. */
  | { readonly kind: 'server'; readonly token: string }
  /** An API server: whom it does not know, it refuses in Kubernetes' own words. */
  | { readonly kind: 'api-server' };

/** `someone else`: an answer came, and not that of whoever was asked. */
export interface ProbeAnswer {
  readonly found: 'reached' | 'not reached' | 'someone else';
  /** What was seen, for a message. */
  readonly seen: string;
}

const MARK = '\n=== mesh-harness ';
const MAX_SEEN = 120;

/**
 * Returns the words for curl in a pod: past proxies, and by any certificate, since istiod will trust the
 * kubeconfig's authority, which the pod has not.
 * @param seconds - the time limit
 */
export const probeArgv = (url: string, seconds: number): readonly string[] => [
  ...['curl', '-sSk', '--noproxy', '*', '--max-time', String(seconds)],
  ...['-w', `\\n${MARK.trim()} %{http_code}\\n`, url],
];

/** Reads what such a curl has printed. */
export function readProbeAnswer(
  {
    exitCode,
    stdout,
    stderr,
  }: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
  identity: ProbeIdentity,
): ProbeAnswer {
  const at = stdout.lastIndexOf(MARK);
  const body = at < 0 ? '' : stdout.slice(0, at);
  const status = at < 0 ? '000' : stdout.slice(at + MARK.length).trim();
  if (status !== '000' && isOwn(body, status, identity)) return { found: 'reached', seen: `HTTP ${status}` };
  const ended = `curl ended with exit code ${exitCode}`;
  if (status === '000' && !CONNECTED.has(exitCode)) return { found: 'not reached', seen: ended };
  const line = (status === '000' ? stderr : body).split('\n').find(each => each.trim() !== '') ?? '';
  const said = redact(line.trim()).slice(0, MAX_SEEN);
  const how = status === '000' ? ended : `HTTP ${status}`;
  return { found: 'someone else', seen: `someone else answered: ${how}${said === '' ? '' : `, ${said}`}` };
}

function isOwn(body: string, status: string, identity: ProbeIdentity): boolean {
  switch (identity.kind) {
    case 'server':
      return status === '200' && body.includes(`version: ${identity.token},`);
    case 'api-server':
      return isOfKubernetes(body);
  }
}

/** `/version`, or a refusal: a `Status` of the core group. */
function isOfKubernetes(body: string): boolean {
  try {
    const document: unknown = JSON.parse(body);
    if (typeof document !== 'object' || document === null) return false;
    const { gitVersion, kind, apiVersion } = document as Readonly<Record<string, unknown>>; // an object
    return typeof gitVersion === 'string' || (kind === 'Status' && apiVersion === 'v1');
  } catch {
    return false;
  }
}
