/** The parts that certificates and requests share: names, extensions, signatures (RFC 5280), as DER. */
import { type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  contextTag,
  element,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  TAG,
  utf8String,
} from './der.ts';
import { addressBytes } from './ip-address.ts';

/** The parts of a distinguished name that are used here. */
export interface Subject {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly locality?: string;
}

/** The names of a subject beside its distinguished name (RFC 5280, 4.2.1.6). */
export interface AlternativeNames {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
}

/** Dotted names, written (RFC 5758, RFC 4519, RFC 5280, RFC 2985). */
export const OID = {
  ecdsaWithSha256: objectIdentifier('1.2.840.10045.4.3.2'),
  commonName: objectIdentifier('2.5.4.3'),
  locality: objectIdentifier('2.5.4.7'),
  organization: objectIdentifier('2.5.4.10'),
  subjectKeyIdentifier: objectIdentifier('2.5.29.14'),
  keyUsage: objectIdentifier('2.5.29.15'),
  subjectAltName: objectIdentifier('2.5.29.17'),
  basicConstraints: objectIdentifier('2.5.29.19'),
  authorityKeyIdentifier: objectIdentifier('2.5.29.35'),
  extKeyUsage: objectIdentifier('2.5.29.37'),
  serverAuth: objectIdentifier('1.3.6.1.5.5.7.3.1'),
  clientAuth: objectIdentifier('1.3.6.1.5.5.7.3.2'),
  extensionRequest: objectIdentifier('1.2.840.113549.1.9.14'),
} as const;

const TRUE = element(TAG.boolean, Buffer.of(0xff));
/** Tags of GeneralName (RFC 5280, 4.2.1.6). */
const NAME_TAG = { dns: contextTag(2, false), uri: contextTag(6, false), ip: contextTag(7, false) } as const;
/** digitalSignature, keyCertSign, cRLSign: bits 0, 5 and 6 of RFC 5280, 4.2.1.3; one of eight is unused. */
const AUTHORITY_USES = bitString(Buffer.of(0b1000_0110), 1);

/** The one algorithm that signs here; certificates name it inside and outside of what is signed. */
export const signatureAlgorithm = sequence(OID.ecdsaWithSha256);

/** Builds a name, from the organizations down to the common name. */
export function distinguishedName({ commonName, organizations = [], locality }: Subject): Buffer {
  const attribute = (type: Buffer, value: string) => element(TAG.set, sequence(type, utf8String(value)));
  return sequence(
    ...organizations.map(organization => attribute(OID.organization, organization)),
    ...(locality === undefined ? [] : [attribute(OID.locality, locality)]),
    ...(commonName === undefined ? [] : [attribute(OID.commonName, commonName)]),
  );
}

/** Wraps a value as an extension; whoever does not know a critical one must refuse the certificate. */
export const extension = (id: Buffer, value: Buffer, isCritical = false): Buffer =>
  sequence(id, ...(isCritical ? [TRUE] : []), octetString(value));

/**
 * Builds the extensions of an authority.
 * @param pathLength - how many further authorities may stand below it; unlimited by default
 */
export function caExtensions(pathLength?: number): Buffer[] {
  const constraints = sequence(TRUE, ...(pathLength === undefined ? [] : [smallInteger(pathLength)]));
  return [extension(OID.basicConstraints, constraints, true), extension(OID.keyUsage, AUTHORITY_USES, true)];
}

/** Builds the extension with the alternative names, or none if there are no names. */
export function alternativeNames({ dnsNames = [], ipAddresses = [], uris = [] }: AlternativeNames): Buffer[] {
  const names = [
    ...dnsNames.map(name => element(NAME_TAG.dns, Buffer.from(name, 'latin1'))),
    ...ipAddresses.map(address => element(NAME_TAG.ip, addressBytes(address))),
    ...uris.map(uri => element(NAME_TAG.uri, Buffer.from(uri, 'latin1'))),
  ];
  return names.length > 0 ? [extension(OID.subjectAltName, sequence(...names))] : [];
}

/**
 * Puts what is to be signed, the algorithm and the signature of a key together: a certificate or a request.
 * @param content - DER
 */
export const signed = (content: Buffer, key: KeyObject): Buffer =>
  sequence(content, signatureAlgorithm, bitString(sign('sha256', content, key)));
