/** The parts that certificates and requests share: names, extensions, signatures (RFC 5280). */
import { type KeyObject, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Extension,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import { kept } from './kept-structure.ts';

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

/** Dotted names that the library has no constants for (RFC 5758, RFC 4519, RFC 2985). */
export const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  locality: '2.5.4.7',
  organization: '2.5.4.10',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;

/** The one algorithm that signs here; certificates name it inside and outside of what is signed. */
export const signatureAlgorithm = kept(new AlgorithmIdentifier({ algorithm: OID.ecdsaWithSha256 }));

/** Builds a name, from the organizations down to the common name. */
export function distinguishedName({ commonName, organizations = [], locality }: Subject): Name {
  const attribute = (type: string, utf8String: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) }),
    ]);
  return new Name([
    ...organizations.map(organization => attribute(OID.organization, organization)),
    ...(locality === undefined ? [] : [attribute(OID.locality, locality)]),
    ...(commonName === undefined ? [] : [attribute(OID.commonName, commonName)]),
  ]);
}

/** Wraps a value as an extension; whoever does not know a critical one must refuse the certificate. */
export const extension = (extnID: string, value: unknown, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/**
 * Builds the extensions of an authority.
 * @param pathLenConstraint - how many further authorities may stand below it; unlimited by default
 */
export function caExtensions(pathLenConstraint?: number): Extension[] {
  const uses = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
  const constraints = new BasicConstraints({
    cA: true,
    ...(pathLenConstraint !== undefined && { pathLenConstraint }),
  });
  return [
    extension(id_ce_basicConstraints, constraints, true),
    extension(id_ce_keyUsage, new KeyUsage(uses), true),
  ];
}

/** Builds the extension with the alternative names, or none if there are no names. */
export function alternativeNames({
  dnsNames = [],
  ipAddresses = [],
  uris = [],
}: AlternativeNames): Extension[] {
  const names = [
    ...dnsNames.map(dNSName => new GeneralName({ dNSName })),
    ...ipAddresses.map(iPAddress => new GeneralName({ iPAddress })),
    ...uris.map(uniformResourceIdentifier => new GeneralName({ uniformResourceIdentifier })),
  ];
  return names.length > 0 ? [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))] : [];
}

/** Signs the DER encoding of a structure. */
export const signatureOf = (content: unknown, key: KeyObject): ArrayBuffer =>
  arrayBufferOf(sign('sha256', Buffer.from(AsnConvert.serialize(content)), key));

/** Copies bytes into the type that the structures take. */
export const arrayBufferOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
