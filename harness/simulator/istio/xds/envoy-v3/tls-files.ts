/**
 * Names of secrets that the agent reads out of files of its container (pkg/security/security.go @1.30.3,
 * SdsCertificateConfig).
 */
import { Refusal } from '../proto/refusal.ts';
import type { TlsFiles } from '../resources.ts';

const CERTIFICATE = 'file-cert:';
const ROOTS = 'file-root:';
const BETWEEN = '~';

/** Returns the name of the secret with certificate and key, if there is one. */
export const nameOfCertificate = ({ certificate }: TlsFiles): string | undefined =>
  certificate && `${CERTIFICATE}${certificate.chain}${BETWEEN}${certificate.key}`;

/** Returns the name of the secret with the roots, if there are any. */
export const nameOfRoots = ({ roots }: TlsFiles): string | undefined =>
  roots === undefined ? undefined : `${ROOTS}${roots}`;

/**
 * Reads the two names.
 * @param where - the message that they are in
 * @throws Refusal for other secrets
 */
export function readFiles(
  where: string,
  certificate: string | undefined,
  roots: string | undefined,
): TlsFiles {
  const [chain = '', key] = certificate?.replace(CERTIFICATE, '').split(BETWEEN) ?? [];
  if (certificate !== undefined && (!certificate.startsWith(CERTIFICATE) || key === undefined))
    throw new Refusal(`${where}: only the workload's own and files are simulated as a certificate`);
  if (roots !== undefined && !roots.startsWith(ROOTS))
    throw new Refusal(`${where}: only the mesh's own and files are simulated as roots`);
  return {
    ...(key !== undefined && { certificate: { chain, key } }),
    ...(roots !== undefined && { roots: roots.slice(ROOTS.length) }),
  };
}
