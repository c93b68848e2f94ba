/** Certificates as the agent hands them to Envoy: tls.v3.Secret, by the whole .proto files. */
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import type { EncodedResource } from '../../harness/simulator/istio/istiod/serve/encoded-resources.ts';
import { loadEnvoyProtos } from '../support/envoy-protos.ts';

/** A key with its certificates, in PEM. */
export interface Identity {
  readonly privateKeyPem: string;
  /** Leaf first. */
  readonly chainPem: string;
  readonly rootPem: string;
}

/** @returns the secrets `default` and `ROOTCA` */
export function encodeSecrets(
  { privateKeyPem, chainPem, rootPem }: Identity,
  version = '1',
): readonly EncodedResource[] {
  const root = loadEnvoyProtos(['envoy/extensions/transport_sockets/tls/v3/secret.proto']);
  const Secret = root.lookupType('envoy.extensions.transport_sockets.tls.v3.Secret');
  const inline = (text: string) => ({ inline_bytes: Buffer.from(text) });
  const own = {
    name: 'default',
    tls_certificate: { certificate_chain: inline(chainPem), private_key: inline(privateKeyPem) },
  };
  const roots = { name: 'ROOTCA', validation_context: { trusted_ca: inline(rootPem) } };
  return [own, roots].map(secret => ({
    name: secret.name,
    version,
    body: Secret.encode(Secret.fromObject(secret)).finish(),
  }));
}

/** Makes the identity of a workload in a mesh of its own, which lasts from yesterday to tomorrow. */
export async function makeIdentity(): Promise<Identity> {
  const now = Date.now();
  const validity = { notBeforeMs: now - 86_400_000, notAfterMs: now + 86_400_000 };
  const authority = await createRootCa({ commonName: 'Root', ...validity });
  const keys = createKeyPair();
  const leaf = await issueCertificate(authority, {
    publicKeyDer: keys.publicKeyDer,
    uris: ['spiffe://cluster.local/ns/sample/sa/default'],
    ...validity,
  });
  return {
    privateKeyPem: keys.privateKeyPem,
    chainPem: leaf + authority.chainPem,
    rootPem: authority.rootPem,
  };
}
