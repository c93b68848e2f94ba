/** Signing requests, as PKCS #10 has them (RFC 2986). */
import { createPublicKey, verify } from 'node:crypto';
import { bitsOf, contextTag, element, partsOf, readElements, sequence, smallInteger, TAG } from './der.ts';
import type { KeyPair } from './keys.ts';
import { bytesOf, pemOf } from './pem.ts';
import { alternativeNames, distinguishedName, OID, type Subject, signed } from './x509.ts';

const ATTRIBUTES = contextTag(0, true);

/** Creates a request, in PEM, that its own key signs. */
export async function createCsr(
  keys: KeyPair,
  options: Subject & { readonly uris?: readonly string[] } = {},
): Promise<string> {
  const extensions = alternativeNames(options);
  const attributes =
    extensions.length > 0 ? [sequence(OID.extensionRequest, element(TAG.set, sequence(...extensions)))] : [];
  const information = sequence(
    smallInteger(0),
    distinguishedName(options),
    keys.publicKeyDer,
    element(ATTRIBUTES, ...attributes),
  );
  return pemOf('CERTIFICATE REQUEST', signed(information, keys.privateKey));
}

/**
 * Reads a request and checks its signature.
 * @throws Error if the text is no request, or its own key has not signed it
 */
export async function readCsr(pem: string): Promise<{ readonly publicKeyDer: Buffer }> {
  const [whole, ...rest] = readElements(bytesOf(pem));
  const [information, algorithm, signature, ...more] = partsOf(whole);
  const [version, subject, publicKey, attributes] = partsOf(information);
  partsOf(algorithm);
  partsOf(subject);
  partsOf(attributes, ATTRIBUTES);
  if (rest.length + more.length > 0 || version?.tag !== TAG.integer || !information || !publicKey)
    throw new Error('This is no certificate request.');
  const key = createPublicKey({ key: publicKey.bytes, type: 'spki', format: 'der' });
  if (!verify('sha256', information.bytes, key, bitsOf(signature)))
    throw new Error('The signature of the certificate request is not valid.');
  return { publicKeyDer: publicKey.bytes };
}
