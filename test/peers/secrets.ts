/** Certificates as the agent hands them to Envoy: tls.v3.Secret, by the whole .proto files. */
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import type { EncodedResource } from '../../harness/simulator/istio/istiod/serve/encoded-resources.ts';
import { loadEnvoyProtos } from '../support/envoy-protos.ts';

/** @returns the secrets `default` and `ROOTCA` of a new mesh */
export async function makeSecrets(): Promise<readonly EncodedResource[]> {
  const root = loadEnvoyProtos(['envoy/extensions/transport_sockets/tls/v3/secret.proto']);
  const Secret = root.lookupType('envoy.extensions.transport_sockets.tls.v3.Secret');
  const now = Date.now();
  const validity = { notBeforeMs: now - 86_400_000, notAfterMs: now + 86_400_000 };
  const authority = await createRootCa({ commonName: 'Root', ...validity });
  const keys = createKeyPair();
  const leaf = await issueCertificate(authority, {
    publicKeyDer: keys.publicKeyDer,
    uris: ['spiffe://cluster.local/ns/sample/sa/default'],
    ...validity,
  });
  const inline = (text: string) => ({ inline_bytes: Buffer.from(text) });
  const own = {
    name: 'default',
    tls_certificate: {
      certificate_chain: inline(leaf + authority.chainPem),
      private_key: inline(keys.privateKeyPem),
    },
  };
  const roots = { name: 'ROOTCA', validation_context: { trusted_ca: inline(authority.rootPem) } };
  return [own, roots].map(secret => ({
    name: secret.name,
    version: '1',
    body: Secret.encode(Secret.fromObject(secret)).finish(),
  }));
}
