/**
 * Finds istiod's authority: the Secret `cacerts` as mounted, or a self-signed root that istiod keeps in the
 * Secret `istio-ca-secret`.
 */
import { type Authority, loadAuthority } from '../../../base/authority.ts';
import { createRootCa } from '../../../base/certificates.ts';
import type { Clock } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../../base/kubernetes-client.ts';
import type { ContainerFiles } from '../../program.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { writtenValidity } from './certificate-authority.ts';

const FOLDER = '/etc/cacerts';
const FILES = ['ca-key.pem', 'ca-cert.pem', 'root-cert.pem', 'cert-chain.pem'] as const;
const SELF_SIGNED_SECRET = 'istio-ca-secret';

/**
 * Reads the plugged-in authority, if one is mounted. Unlike today's Istio, which watches the files of a
 * bundle, both releases read it once, at the start.
 * @throws Error with istiod's own words if the files are incomplete or do not fit together
 */
export function readPluggedAuthority(
  files: ContainerFiles,
  behaviour: IstioBehaviour,
): Authority | undefined {
  const present = FILES.filter(name => files.exists(`${FOLDER}/${name}`));
  const missing = FILES.filter(name => !present.includes(name));
  // pilot/pkg/bootstrap/istio_ca.go: 1.8 looks for the key alone and fails later; current wants all or
  // nothing.
  const isPlugged =
    behaviour.partialCaBundle === 'refused-as-incomplete' ? present.length > 0 : missing[0] !== 'ca-key.pem';
  if (!isPlugged) return undefined;
  if (missing.length > 0) throw incompleteBundle(missing, behaviour);
  try {
    return loadAuthority({
      certificatePem: files.read(`${FOLDER}/ca-cert.pem`),
      privateKeyPem: files.read(`${FOLDER}/ca-key.pem`),
      chainPem: files.read(`${FOLDER}/cert-chain.pem`),
      rootPem: files.read(`${FOLDER}/root-cert.pem`),
    });
  } catch (error) {
    throw new Error(`failed to create an istiod CA: ${messageOf(error)}`, { cause: error });
  }
}

/** Says of files that are not there what the release says. */
function incompleteBundle(missing: readonly string[], { partialCaBundle }: IstioBehaviour): Error {
  return new Error(
    partialCaBundle === 'refused-as-incomplete'
      ? `failed to create an istiod CA: incomplete signing CA bundle detected: missing ${missing.join(', ')}`
      : `failed to create an istiod CA: failed to create an istiod CA (error: open ${FOLDER}/${missing[0]}: no such file or directory)`,
  );
}

/**
 * Reads the self-signed authority of an earlier istiod of this cluster, or makes one: a root of its own for
 * each cluster.
 */
export async function selfSignedAuthority(
  client: KubernetesClient,
  namespace: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Authority> {
  const path = { apiVersion: 'v1', plural: 'secrets', namespace };
  const stored = await client.find({ ...path, name: SELF_SIGNED_SECRET }, signal);
  if (stored) return authorityFromSecret(stored['data']);
  const authority = await createRootCa({ organizations: ['cluster.local'], ...writtenValidity(clock) });
  try {
    await client.create(path, secretOf(authority, namespace), {}, signal);
    return authority;
  } catch (error) {
    // Another istiod was faster: its root is the cluster's.
    if (!(error instanceof KubernetesApiError) || error.code !== 409) throw error;
    return authorityFromSecret((await client.get({ ...path, name: SELF_SIGNED_SECRET }, signal))['data']);
  }
}

/** Makes the Secret that a later istiod of the cluster reads; what a self-signed root lacks is empty. */
function secretOf({ certificatePem, privateKeyPem }: Authority, namespace: string): KubernetesObject {
  const data = {
    'ca-cert.pem': certificatePem,
    'ca-key.pem': privateKeyPem,
    'cert-chain.pem': '',
    'key.pem': '',
    'root-cert.pem': '',
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SELF_SIGNED_SECRET, namespace },
    type: 'istio.io/ca-root',
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  };
}

function authorityFromSecret(data: unknown): Authority {
  const fields = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const text = (key: string) => Buffer.from(String(fields[key] ?? ''), 'base64').toString();
  const certificatePem = text('ca-cert.pem');
  return loadAuthority({
    certificatePem,
    privateKeyPem: text('ca-key.pem'),
    chainPem: certificatePem,
    rootPem: certificatePem,
  });
}
