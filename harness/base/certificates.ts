/**
 * X.509: certificate authorities and the leaves that they issue.
 *
 * Signatures are node:crypto's synchronous calls, as the virtual-time rule of the simulator demands
 * (`docs/architecture.md`, time).
 */
import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import { type Authority, issuerOf, signingKey, withKey } from './authority.ts';
import {
  bitString,
  bitsOf,
  contextTag,
  element,
  octetString,
  partsOf,
  readElements,
  sequence,
  smallInteger,
  TAG,
  time,
} from './der.ts';
import { createKeyPair } from './keys.ts';
import { pemOf } from './pem.ts';
import {
  type AlternativeNames,
  alternativeNames,
  caExtensions,
  distinguishedName,
  extension,
  OID,
  type Subject,
  signatureAlgorithm,
  signed,
} from './x509.ts';

/** The period in a certificate. OpenSSL checks it against the wall's clock, whatever the virtual one says. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The subject of a leaf. */
export interface LeafRequest extends Subject, Validity, AlternativeNames {
  readonly publicKeyDer: Buffer;
  /** Both by default. */
  readonly usages?: readonly ('server' | 'client')[];
}

/** Creates a self-signed authority. */
export async function createRootCa(options: Subject & Validity): Promise<Authority> {
  const keys = createKeyPair();
  const certificatePem = createCertificate(options, keys.publicKeyDer, undefined, keys.privateKey, [
    ...caExtensions(),
    subjectKey(keys.publicKeyDer),
  ]);
  const { privateKeyPem } = keys;
  return withKey(
    { certificatePem, privateKeyPem, chainPem: certificatePem, rootPem: certificatePem },
    keys.privateKey,
  );
}

/** Creates an authority that `parent` signs, and that may sign leaves only. */
export async function createIntermediateCa(
  parent: Authority,
  options: Subject & Validity & { readonly dnsNames?: readonly string[] },
): Promise<Authority> {
  const keys = createKeyPair();
  const extensions = [...caExtensions(0), subjectKey(keys.publicKeyDer), ...alternativeNames(options)];
  const certificatePem = createCertificate(
    options,
    keys.publicKeyDer,
    parent,
    signingKey(parent),
    extensions,
  );
  const chainPem = certificatePem + parent.chainPem;
  const { privateKeyPem } = keys;
  return withKey({ certificatePem, privateKeyPem, chainPem, rootPem: parent.rootPem }, keys.privateKey);
}

/**
 * Issues a leaf's certificate.
 * @returns the leaf alone, PEM; a server appends `authority.chainPem`
 */
export async function issueCertificate(authority: Authority, request: LeafRequest): Promise<string> {
  const extensions = [
    ...ofEveryLeaf,
    extendedUsage(request.usages ?? ['server', 'client']),
    ...alternativeNames(request),
  ];
  return createCertificate(request, request.publicKeyDer, authority, signingKey(authority), extensions);
}

/** digitalSignature and keyEncipherment: bits 0 and 2 of RFC 5280, 4.2.1.3; five of eight are unused. */
const LEAF_USES = bitString(Buffer.of(0b1010_0000), 5);
/** What every leaf has. That it is no authority is the default, which DER leaves out. */
const ofEveryLeaf: readonly Buffer[] = [
  extension(OID.basicConstraints, sequence(), true),
  extension(OID.keyUsage, LEAF_USES, true),
];
/** `v3`, as certificates with extensions have it (RFC 5280, 4.1.2.1). */
const VERSION = element(contextTag(0, true), smallInteger(2));

const extendedUsage = (usages: readonly ('server' | 'client')[]): Buffer =>
  extension(
    OID.extKeyUsage,
    sequence(...usages.map(usage => (usage === 'server' ? OID.serverAuth : OID.clientAuth))),
  );

/** As Go makes it, and RFC 5280, 4.2.1.2: the hash of the key's bits. */
function subjectKey(publicKeyDer: Buffer): Buffer {
  const bits = bitsOf(partsOf(readElements(publicKeyDer)[0])[1]);
  return extension(OID.subjectKeyIdentifier, octetString(createHash('sha1').update(bits).digest()));
}

/** The key identifier of whoever signs, in the first field of its extension (RFC 5280, 4.2.1.1). */
const authorityKey = (keyIdentifier: Buffer | undefined): readonly Buffer[] =>
  keyIdentifier === undefined
    ? []
    : [extension(OID.authorityKeyIdentifier, sequence(element(contextTag(0, false), keyIdentifier)))];

function createCertificate(
  options: Subject & Validity,
  publicKeyDer: Buffer,
  issuer: Authority | undefined,
  key: KeyObject,
  extensions: readonly Buffer[],
): string {
  const subject = distinguishedName(options);
  const issuerParts = issuer && issuerOf(issuer);
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f); // positive, and of the same length always
  const content = sequence(
    VERSION,
    element(TAG.integer, serial),
    signatureAlgorithm,
    issuerParts?.name ?? subject,
    sequence(time(options.notBeforeMs), time(options.notAfterMs)),
    subject,
    publicKeyDer,
    element(contextTag(3, true), sequence(...extensions, ...authorityKey(issuerParts?.keyIdentifier))),
  );
  return pemOf('CERTIFICATE', signed(content, key));
}
