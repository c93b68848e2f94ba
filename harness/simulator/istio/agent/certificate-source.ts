/** Gets the workload's certificate from the CA, and a new one when half of its life is over. */
import { X509Certificate } from 'node:crypto';
import { createCsr } from '../../../base/certificate-requests.ts';
import { sleep } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import { createKeyPair } from '../../../base/keys.ts';
import type { ProcessContext } from '../../program.ts';
import type { WorkloadIdentity } from '../envoy/environment/workload-identity.ts';
import type { Log } from '../log.ts';
import { decodeCertificateResponse, encodeCertificateRequest } from '../xds/proto/certificate.ts';
import { CREATE_CERTIFICATE } from '../xds/wire/codecs.ts';
import { BackOff } from './back-off.ts';
import { credentials, openIstiod } from './istiod-client.ts';
import type { AgentSettings } from './settings.ts';

/**
 * security/pkg/nodeagent/cache/secretcache.go: a certificate is renewed when SECRET_GRACE_PERIOD_RATIO (0.5)
 * of its life is left.
 */
const GRACE_RATIO = 0.5;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
/** security/pkg/nodeagent/caclient/providers/citadel/client.go: the deadline of one call. */
const CALL_TIMEOUT_MS = 10_000;

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

/** @throws Error in gRPC's words */
async function requestCertificate(
  context: ProcessContext,
  settings: AgentSettings,
): Promise<WorkloadIdentity> {
  const { clock, signal } = context;
  const keys = createKeyPair();
  const csr = await createCsr(keys, { uris: [settings.identity] });
  const request = encodeCertificateRequest({
    csr,
    validityDurationSeconds: settings.certificateSeconds,
    metadata: {},
  });
  const client = await openIstiod(context, settings.ca);
  try {
    const answer = await client.unary(CREATE_CERTIFICATE, Buffer.from(request), {
      metadata: credentials(context, settings),
      signal,
      timeout: { clock, timeoutMs: CALL_TIMEOUT_MS },
    });
    const { certChain } = decodeCertificateResponse(answer);
    return {
      privateKeyPem: keys.privateKeyPem,
      chainPem: certChain.join('\n'),
      rootPem: certChain.at(-1) ?? '',
      notAfterMs: Date.parse(new X509Certificate(certChain[0] ?? '').validTo),
    };
  } finally {
    client.close();
  }
}
