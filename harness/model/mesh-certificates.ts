/**
 * The certificates that the guide's trust section asks for: a common root, and an intermediate authority for
 * each cluster.
 */
import type { Authority } from '../base/authority.ts';
import { createIntermediateCa, createRootCa } from '../base/certificates.ts';

/** The files of a mesh's root, in the folder above those of its clusters. */
export const ROOT_CERTIFICATE = 'root-cert.pem';
export const ROOT_KEY = 'root-key.pem';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days, as in istio/istio tools/certs/common.mk @1.8.0. */
const ROOT_DAYS = 3650;
const INTERMEDIATE_DAYS = 730;

/** What becomes of the root. */
interface RootOptions {
  /** A root that is there: clusters are added below it, and its own files are not among those made. */
  readonly root?: { readonly root: Authority; readonly notAfterMs: number } | undefined;
  /** Also returns the root's key; it is thrown away by default, as who holds it can join the mesh. */
  readonly keepsRootKey?: boolean;
}

/**
 * Makes the files of `mesh-harness certs`.
 *
 * @param clusters - a folder of this name is made for each
 * @param nowMs - milliseconds since the epoch; the certificates are valid from a day before
 * @returns path relative to the output folder → PEM: `root-cert.pem`, and for each cluster the four files of
 *   its `cacerts` secret
 */
export async function createMeshCertificates(
  clusters: readonly string[],
  nowMs: number,
  { root: kept, keepsRootKey = false }: RootOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const root = kept?.root ?? (await createRoot(nowMs));
  const files = new Map<string, string>();
  if (!kept) files.set(ROOT_CERTIFICATE, root.certificatePem);
  if (!kept && keepsRootKey) files.set(ROOT_KEY, root.privateKeyPem);
  for (const cluster of clusters) {
    const intermediate = await createIntermediateCa(root, {
      commonName: 'Intermediate CA',
      organizations: ['Istio'],
      locality: cluster,
      dnsNames: ['istiod.istio-system.svc'],
      notBeforeMs: nowMs - DAY_MS,
      notAfterMs: Math.min(nowMs + INTERMEDIATE_DAYS * DAY_MS, kept?.notAfterMs ?? Infinity),
    });
    files.set(`${cluster}/ca-cert.pem`, intermediate.certificatePem);
    files.set(`${cluster}/ca-key.pem`, intermediate.privateKeyPem);
    files.set(`${cluster}/cert-chain.pem`, intermediate.chainPem);
    files.set(`${cluster}/root-cert.pem`, root.certificatePem);
  }
  return files;
}

const createRoot = (nowMs: number): Promise<Authority> =>
  createRootCa({
    commonName: 'Root CA',
    organizations: ['Istio'],
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + ROOT_DAYS * DAY_MS,
  });
