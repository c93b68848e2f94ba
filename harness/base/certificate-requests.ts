/** Signing requests, as PKCS #10 has them (RFC 2986). */
import { createPublicKey, verify } from 'node:crypto';
import { CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Attribute, Extensions, type SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { kept, keptBytes } from './kept-structure.ts';
import type { KeyPair } from './keys.ts';
import { bytesOf, pemOf } from './pem.ts';
import {
  alternativeNames,
  distinguishedName,
  OID,
  type Subject,
  signatureAlgorithm,
  signatureOf,
} from './x509.ts';

/** Creates a request, in PEM, that its own key signs. */
export async function createCsr(
  keys: KeyPair,
  options: Subject & { readonly uris?: readonly string[] } = {},
): Promise<string> {
  const extensions = alternativeNames(options);
  const information = new CertificationRequestInfo({
    subject: distinguishedName(options),
    subjectPKInfo: keptBytes<SubjectPublicKeyInfo>(keys.publicKeyDer),
  });
  if (extensions.length > 0) {
    const values = [AsnConvert.serialize(new Extensions(extensions))];
    information.attributes.push(new Attribute({ type: OID.extensionRequest, values }));
  }
  const content = kept(information);
  const request = new CertificationRequest({
    certificationRequestInfo: content,
    signatureAlgorithm,
    signature: signatureOf(content, keys.privateKey),
  });
  return pemOf('CERTIFICATE REQUEST', request);
}

/**
 * Reads a request and checks its signature.
 * @throws Error if the text is no request, or its own key has not signed it
 */
export async function readCsr(pem: string): Promise<{ readonly publicKeyDer: Buffer }> {
  const request = AsnConvert.parse(bytesOf(pem), CertificationRequest);
  const { certificationRequestInfo: information, signature } = request;
  const publicKeyDer = Buffer.from(AsnConvert.serialize(information.subjectPKInfo));
  const key = createPublicKey({ key: publicKeyDer, type: 'spki', format: 'der' });
  // The bytes as they came: serialized again they may differ.
  const content = Buffer.from(request.certificationRequestInfoRaw ?? AsnConvert.serialize(information));
  if (!verify('sha256', content, key, Buffer.from(signature)))
    throw new Error('The signature of the certificate request is not valid.');
  return { publicKeyDer };
}
