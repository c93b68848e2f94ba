/** Gets the workload's certificate from the CA, and a new one when half of its life is over. */
import { createCsr } from '../../../base/certificate-requests.ts';
import { sleep } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import { createKeyPair } from '../../../base/keys.ts';
import type { ProcessContext } from '../../program.ts';
import type { WorkloadIdentity } from '../envoy/environment/workload-identity.ts';
import type { Log } from '../log.ts';
import {
  type CertificateRequest,
  type CertificateResponse,
  CREATE_CERTIFICATE_PATH,
  readCertificateResponse,
} from '../xds/ca.ts';
import { BackOff } from './back-off.ts';
import { dialIstiod } from './istiod-connection.ts';
import { credentials, grpcCode, messageOfAnswer, readText, requestOver } from './istiod-request.ts';
import type { AgentSettings } from './settings.ts';

/**
 * security/pkg/nodeagent/cache/secretcache.go: 24 h, renewed when SECRET_GRACE_PERIOD_RATIO (0.5) of it is
 * left.
 */
const VALIDITY_SECONDS = 24 * 3600;
const GRACE_RATIO = 0.5;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;

/**
 * Runs until the process ends.
 * @param use - takes each certificate
 */
export async function keepCertificate(
  context: ProcessContext,
  settings: AgentSettings,
  log: Log,
  use: (identity: WorkloadIdentity) => void,
): Promise<void> {
  const { clock, signal } = context;
  const backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, context.random.stream('certificate'));
  const { certificateLog } = settings.behaviour;
  while (!signal.aborted) {
    let waitMs: number;
    try {
      const identity = await requestCertificate(context, settings);
      use(identity);
      backOff.reset();
      const lifetimeMs = identity.notAfterMs - clock.now();
      waitMs = Math.max(lifetimeMs * (1 - GRACE_RATIO), FIRST_RETRY_MS);
      log.info(certificateLog.issued(Math.round(lifetimeMs / 1000)));
    } catch (error) {
      if (signal.aborted) return;
      waitMs = backOff.next();
      log.warn(certificateLog.failed(settings.identity, messageOf(error), waitMs));
    }
    await sleep(clock, waitMs, signal).catch(() => {}); // it only throws when the process ends
  }
}

async function requestCertificate(
  context: ProcessContext,
  settings: AgentSettings,
): Promise<WorkloadIdentity> {
  const keys = createKeyPair();
  const csr = await createCsr(keys, { uris: [settings.identity] });
  const body: CertificateRequest = { csr, validityDurationSeconds: VALIDITY_SECONDS };
  const stream = await dialIstiod(context, settings.ca);
  const { clock, signal } = context;
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  // grpc: the call's own deadline
  const timer = clock.setTimeout(() => stream.destroy(new Error('context deadline exceeded')), 10_000);
  try {
    const { certChain, notAfterMs } = await post(context, settings, stream, body);
    const rootPem = certChain.at(-1) ?? '';
    return { privateKeyPem: keys.privateKeyPem, chainPem: certChain.join('\n'), rootPem, notAfterMs };
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}

function post(
  context: ProcessContext,
  settings: AgentSettings,
  stream: Parameters<typeof requestOver>[0],
  body: CertificateRequest,
): Promise<CertificateResponse> {
  const payload = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new Error(`rpc error: code = Unavailable desc = ${error.message || 'transport is closing'}`));
    const request = requestOver(stream, settings.ca, {
      method: 'POST',
      path: CREATE_CERTIFICATE_PATH,
      headers: {
        ...credentials(context, settings),
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(payload)),
      },
    });
    request.on('error', fail);
    request.once('response', response => {
      const { statusCode } = response;
      if (statusCode === 200) {
        readText(response).then(readCertificateResponse).then(resolve, fail);
        return;
      }
      messageOfAnswer(response).then(
        message => reject(new Error(`rpc error: code = ${grpcCode(statusCode)} desc = ${message}`)),
        fail,
      );
    });
    request.end(payload);
  });
}
