/**
 * The certificates that the guide's trust section asks for: a common root, and an intermediate authority for
 * each cluster.
 */
import { createIntermediateCa, createRootCa } from '../base/certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days, as in istio/istio tools/certs/common.mk @1.8.0. */
const ROOT_DAYS = 3650;
const INTERMEDIATE_DAYS = 730;

/**
 * Makes the files of `mesh-harness certs`. The root's key is thrown away: who holds it could join the mesh.
 *
 * @param clusters - a folder of this name is made for each
 * @param nowMs - milliseconds since the epoch; the certificates are valid from a day before
 * @returns path relative to the output folder → PEM: `root-cert.pem`, and for each cluster the four files of
 *   its `cacerts` secret
 */
export async function createMeshCertificates(
  clusters: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, string>> {
  const notBeforeMs = nowMs - DAY_MS;
  const root = await createRootCa({
    commonName: 'Root CA',
    organizations: ['Istio'],
    notBeforeMs,
    notAfterMs: nowMs + ROOT_DAYS * DAY_MS,
  });
  const files = new Map([['root-cert.pem', root.certificatePem]]);
  for (const cluster of clusters) {
    const intermediate = await createIntermediateCa(root, {
      commonName: 'Intermediate CA',
      organizations: ['Istio'],
      locality: cluster,
      dnsNames: ['istiod.istio-system.svc'],
      notBeforeMs,
      notAfterMs: nowMs + INTERMEDIATE_DAYS * DAY_MS,
    });
    files.set(`${cluster}/ca-cert.pem`, intermediate.certificatePem);
    files.set(`${cluster}/ca-key.pem`, intermediate.privateKeyPem);
    files.set(`${cluster}/cert-chain.pem`, intermediate.chainPem);
    files.set(`${cluster}/root-cert.pem`, root.certificatePem);
  }
  return files;
}
