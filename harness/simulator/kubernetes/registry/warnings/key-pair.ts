/** Whether a certificate and a key are a pair, in the words of Go's crypto/tls (X509KeyPair). */
import { createPrivateKey, X509Certificate } from 'node:crypto';

const skipped = (types: readonly string[]): string =>
  `after skipping PEM blocks of the following types: [${types.join(' ')}]`;

const BLOCK = /-----BEGIN ([^-]+)-----[\s\S]*?-----END \1-----/g;

/** @returns what is wrong in one sentence; undefined for a pair */
export function problemOfKeyPair(certificate: string, key: string): string | undefined {
  return problemOfCertificate(certificate) ?? problemOfKey(key) ?? mismatch(certificate, key);
}

const blocksOf = (text: string): string[] => [...text.matchAll(BLOCK)].map(([, type = '']) => type);

const isKeyType = (type: string): boolean => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY');

function problemOfCertificate(text: string): string | undefined {
  const types = blocksOf(text);
  if (types.includes('CERTIFICATE')) return undefined;
  if (types.length === 0) return 'tls: failed to find any PEM data in certificate input';
  if (types.length === 1 && isKeyType(types[0] ?? '')) {
    return (
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; ' +
      'PEM inputs may have been switched'
    );
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input ${skipped(types)}`;
}

function problemOfKey(text: string): string | undefined {
  const types = blocksOf(text);
  if (types.some(isKeyType)) return undefined;
  if (types.length === 0) return 'tls: failed to find any PEM data in key input';
  if (types.length === 1 && types[0] === 'CERTIFICATE')
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input ${skipped(types)}`;
}

function mismatch(certificate: string, key: string): string | undefined {
  let own: ReturnType<typeof createPrivateKey>;
  let cert: X509Certificate;
  try {
    cert = new X509Certificate(certificate);
  } catch {
    return 'x509: malformed certificate';
  }
  try {
    own = createPrivateKey(key);
  } catch {
    return 'tls: failed to parse private key';
  }
  if (cert.publicKey.asymmetricKeyType !== own.asymmetricKeyType)
    return 'tls: private key type does not match public key type';
  return cert.checkPrivateKey(own) ? undefined : 'tls: private key does not match public key';
}
