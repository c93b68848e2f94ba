/** Key pairs: ECDSA P-256 throughout. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  bitString,
  contextTag,
  element,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
} from './der.ts';
import { pemOf } from './pem.ts';

/** An ECDSA key on P-256, in the forms that its users take. */
export interface KeyPair {
  /** Ready to sign with: reading it from PEM takes many times as long as a signature. */
  readonly privateKey: KeyObject;
  /** PKCS #8 in PEM. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyDer: Buffer;
}

/** Ahead of the coordinates of a point that is written in full (SEC 1, 2.3.3). */
const UNCOMPRESSED = Buffer.of(4);
/** `id-ecPublicKey` on `prime256v1` (RFC 5480, 2.1.1). */
const algorithm = sequence(objectIdentifier('1.2.840.10045.2.1'), objectIdentifier('1.2.840.10045.3.1.7'));

/**
 * Makes a new key; it cannot be had twice, as node:crypto takes no seed. Its forms are put together out of
 * its numbers: OpenSSL 3.0 looks for all of its encoders before it writes one, which takes three times as
 * long as to make the key.
 */
export function createKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d = '', x = '', y = '' } = privateKey.export({ format: 'jwk' });
  const point = bitString(
    Buffer.concat([UNCOMPRESSED, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
  );
  return {
    privateKey,
    privateKeyPem: pemOf('PRIVATE KEY', pkcs8Of(Buffer.from(d, 'base64url'), point)),
    publicKeyDer: sequence(algorithm, point),
  };
}

/** RFC 5208, 5, with the key as RFC 5915, 3 has it. */
function pkcs8Of(number: Buffer, point: Buffer): Buffer {
  const key = sequence(smallInteger(1), octetString(number), element(contextTag(1, true), point));
  return sequence(smallInteger(0), algorithm, octetString(key));
}
