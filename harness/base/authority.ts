/** An authority that can sign: read from PEM once, however often it signs. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { contextTag, type DerElement, partsOf, readElements, TAG } from './der.ts';
import { bytesOf } from './pem.ts';
import { OID } from './x509.ts';

/** A certificate with its key and the chain above it. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Its own certificate and those above it, root last; PEM, concatenated. */
  readonly chainPem: string;
  readonly rootPem: string;
}

/**
 * Takes an authority from PEM texts, as a `cacerts` secret holds them.
 * @throws Error if a text is no certificate or key, or they do not belong together
 */
export function loadAuthority(pems: Authority): Authority {
  const key = createPrivateKey(pems.privateKeyPem);
  if (!new X509Certificate(pems.certificatePem).checkPrivateKey(key))
    throw new Error('The private key does not belong to the certificate.');
  return withKey(pems, key);
}

/** An authority signs often: its key is read once. */
const signingKeys = new WeakMap<Authority, KeyObject>();

/** Makes an authority whose key has been read, or has just been made. */
export function withKey(authority: Authority, key: KeyObject): Authority {
  const made = { ...authority };
  signingKeys.set(made, key);
  return made;
}

/** Reads the key of an authority, the first time. */
export function signingKey(authority: Authority): KeyObject {
  const key = signingKeys.get(authority) ?? createPrivateKey(authority.privateKeyPem);
  signingKeys.set(authority, key);
  return key;
}

/** What certificates that an authority signs say of their issuer. */
interface Issuer {
  /** DER, as it stands in the authority's own certificate. */
  readonly name: Buffer;
  /** Undefined for an authority whose certificate has none. */
  readonly keyIdentifier: Buffer | undefined;
}

const issuers = new WeakMap<Authority, Issuer>();

/**
 * Reads name and key identifier in the certificate of an authority, the first time. By the latter those who
 * trust several authorities of one name tell them apart.
 */
export function issuerOf(authority: Authority): Issuer {
  const known = issuers.get(authority);
  if (known) return known;
  const [certificate] = readElements(bytesOf(authority.certificatePem));
  const fields = partsOf(partsOf(certificate)[0]);
  // Serial number, algorithm, issuer, validity, subject; before them the version, of which v1 has none.
  const subject = fields[fields[0]?.tag === contextTag(0, true) ? 5 : 4];
  partsOf(subject);
  const issuer = { name: subject?.bytes ?? Buffer.of(), keyIdentifier: keyIdentifierIn(fields.at(-1)) };
  issuers.set(authority, issuer);
  return issuer;
}

/** @param last - of the fields of a certificate: the extensions, if it has any (RFC 5280, 4.1) */
function keyIdentifierIn(last: DerElement | undefined): Buffer | undefined {
  if (last?.tag !== contextTag(3, true)) return undefined;
  const found = partsOf(partsOf(last, last.tag)[0])
    .map(each => partsOf(each))
    .find(([id]) => id?.bytes.equals(OID.subjectKeyIdentifier));
  const value = found?.at(-1);
  if (value?.tag !== TAG.octetString) return undefined;
  return readElements(value.content)[0]?.content;
}
