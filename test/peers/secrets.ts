/** Certificates as the agent hands them to Envoy: tls.v3.Secret, by the whole .proto files. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import type { EncodedResource } from '../../harness/simulator/istio/istiod/serve/encoded-resources.ts';
import { ROOT } from '../support/cli.ts';

const DEPS = path.join(ROOT, 'node_modules', '@grpc', 'grpc-js-xds', 'deps');

/** @returns the secrets `default` and `ROOTCA` of a new mesh */
export async function makeSecrets(): Promise<readonly EncodedResource[]> {
  const root = new protobuf.Root();
  root.resolvePath = (_from, name) =>
    /annotations\/|^validate\/|descriptor\.proto$/.test(name)
      ? null
      : (['envoy-api', 'googleapis', 'xds'].map(folder => path.join(DEPS, folder, name)).find(existsSync) ??
        name);
  root.loadSync('envoy/extensions/transport_sockets/tls/v3/secret.proto').resolveAll();
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
  const inline = (text: string) => ({ inlineBytes: Buffer.from(text) });
  const own = {
    name: 'default',
    tlsCertificate: {
      certificateChain: inline(leaf + authority.chainPem),
      privateKey: inline(keys.privateKeyPem),
    },
  };
  const roots = { name: 'ROOTCA', validationContext: { trustedCa: inline(authority.rootPem) } };
  return [own, roots].map(secret => ({
    name: secret.name,
    version: '1',
    body: Secret.encode(Secret.fromObject(secret)).finish(),
  }));
}
