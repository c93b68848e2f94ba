/** An authority that can sign: read from PEM once, however often it signs. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  Certificate,
  type Extension,
  id_ce_authorityKeyIdentifier,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  type Name,
  SubjectKeyIdentifier,
} from '@peculiar/asn1-x509';
import { kept } from './kept-structure.ts';
import { bytesOf } from './pem.ts';
import { extension } from './x509.ts';

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
  readonly name: Name;
  /** For the certificates that it issues; undefined for an authority whose own has no key identifier. */
  readonly keyExtension: Extension | undefined;
}

const authorityKey = (keyIdentifier: ArrayBuffer): Extension =>
  kept(
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier) }),
    ),
  );

const issuers = new WeakMap<Authority, Issuer>();

/**
 * Reads name and key identifier in the certificate of an authority, the first time. By the latter those who
 * trust several authorities of one name tell them apart.
 */
export function issuerOf(authority: Authority): Issuer {
  const known = issuers.get(authority);
  if (known) return known;
  const { subject, extensions = [] } = AsnConvert.parse(
    bytesOf(authority.certificatePem),
    Certificate,
  ).tbsCertificate;
  const identifier = extensions.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier)?.extnValue;
  const issuer = {
    name: kept(subject),
    keyExtension:
      identifier && authorityKey(AsnConvert.parse(identifier.buffer, SubjectKeyIdentifier).buffer),
  };
  issuers.set(authority, issuer);
  return issuer;
}
