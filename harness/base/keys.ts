/** Key pairs: ECDSA P-256 throughout. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An ECDSA key on P-256, in the forms that its users take. */
export interface KeyPair {
  /** Ready to sign with: reading it from PEM takes many times as long as a signature. */
  readonly privateKey: KeyObject;
  /** PKCS #8 in PEM. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyDer: Buffer;
}

/** Makes a new key; it cannot be had twice, as node:crypto takes no seed. */
export function createKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyDer: publicKey.export({ type: 'spki', format: 'der' }),
  };
}
