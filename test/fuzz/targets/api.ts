/** Requests to an API server with all that stands behind it: controllers, scheduler, kubelet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HANG_MS } from '../drive.ts';
import { type Answer, type FuzzedCluster, fuzzedCluster, SAMPLE, VERSION } from '../inputs/api/cluster.ts';
import { type Request, requests } from '../inputs/api/requests.ts';
import { target } from '../target.ts';

/** What stands between two clusters: objects that were made stay, and make each request dearer. */
const INPUTS_A_CLUSTER = 100;

/** Answers of 500 and more that a real API server gives too: most are kept in test/peers/api-server. */
const REAL_FAILURES: readonly RegExp[] = [
  /^This pod has more than one PodDisruptionBudget/,
  /failed calling webhook|failed to call webhook/,
  /requested \[.*\] without impersonating a user\n?$/s,
  /^resourceVersion should not be set on objects to be created$/,
  /^Timeout: Too large resource version/,
  /^resourceVersion: Invalid value: .*: invalid syntax$/,
  /^error trying to reach service|^address not allowed$/s,
  /^no service port .* found for service|^no endpoints available for service/s,
  // Of what is applied.
  /^failed to create typed (?:patch|live) object/,
  /^unknown patch type: /,
  /^strconv\.ParseUint: parsing .*: invalid syntax$/s,
  /^target\.kind: Unsupported value: /,
  /^map: map\[.*\] does not contain declared merge key: \w+$/s,
];

/** Those to a DELETE whose body is no DeleteOptions: what is wrong with it is an error of the server's own. */
const REAL_DELETE_FAILURES: readonly RegExp[] = [
  /^no kind ".*" is registered for version ".*" in scheme/s,
  /^converting \(.*\) to \(v1\.DeleteOptions\): unknown conversion$/s,
  /couldn't get version\/kind; json parse error: |^json: cannot unmarshal/,
  /\bprotobuf\b|^proto: |^exceeded max depth$|^error (?:decoding|converting) YAML/,
];

let cluster: FuzzedCluster | undefined;
let asked = 0;
/** An input has failed: those that are tried now to make it smaller begin anew. */
let hasFailed = false;

async function freshCluster(): Promise<FuzzedCluster> {
  if (cluster && asked < INPUTS_A_CLUSTER && !hasFailed) {
    asked += 1;
    return cluster;
  }
  await cluster?.[Symbol.asyncDispose]();
  asked = 1;
  cluster = await fuzzedCluster();
  return cluster;
}

const shown = ({ method, path, query, body }: Request): string =>
  `${method} ${path} ${JSON.stringify(query)} ${body?.contentType ?? ''} ${body?.bytes.toString() ?? ''}`;

/** @throws Error for an answer that only a defect gives, or none */
function assertReal(request: Request, { code, text }: Answer): void {
  if (code === 0) throw new Error(`no answer to ${shown(request)}`);
  // 501 says what is not simulated; a HEAD has no message.
  if (code < 500 || code === 501 || request.method === 'HEAD') return;
  let message = text;
  try {
    message = String((JSON.parse(text) as { readonly message?: unknown }).message); // a Status
  } catch {
    // In another form than JSON, or a table: the text has the message too.
  }
  const reals = request.method === 'DELETE' ? [...REAL_FAILURES, ...REAL_DELETE_FAILURES] : REAL_FAILURES;
  if (reals.some(real => real.test(message))) return;
  throw new Error(`${code} ${message}\nto ${shown(request)}`);
}

async function judge(made: readonly Request[]): Promise<string> {
  const own = await freshCluster();
  const ask = async (request: Request): Promise<Answer> => {
    const late = new AbortController();
    const hangs = sleep(HANG_MS, undefined, { signal: late.signal, ref: false }).then(() => {
      throw new Error(`no answer within ${HANG_MS} ms to ${shown(request)}`);
    });
    try {
      return await Promise.race([own.ask(request), hangs]);
    } finally {
      late.abort();
      hangs.catch(() => {});
    }
  };
  let outcome = '';
  for (const request of made) {
    const answer = await ask(request);
    assertReal(request, answer);
    outcome = String(answer.code);
  }
  const version = await ask(VERSION);
  if (version.code !== 200) throw new Error(`/version: ${version.code} ${version.text}`);
  if (own.defects.length > 0) throw new Error(own.defects.join('\n'));
  // Without its namespace nothing more would come far.
  const isSafe = made.every(({ method, path }) => method !== 'DELETE' || !path.includes('/namespaces'));
  if (!isSafe && !/"phase": ?"Active"/.test((await ask(SAMPLE)).text)) asked = INPUTS_A_CLUSTER;
  return outcome;
}

/** Requests to the API. */
export const api = target<readonly Request[]>({
  name: 'api',
  what: 'requests to the API server of a whole cluster, made from the schemas of all served kinds',
  inputs: requests,
  daily: 100,
  close: async () => {
    await cluster?.[Symbol.asyncDispose]();
    cluster = undefined;
  },
  judge: async made => {
    try {
      return await judge(made);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  },
});
