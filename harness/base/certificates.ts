/**
 * X.509: certificate authorities and the leaves that they issue.
 *
 * The structures are those of @peculiar/asn1-x509; signatures are node:crypto's synchronous calls, as the
 * virtual-time rule of the simulator demands (`docs/architecture.md`, time). The larger @peculiar/x509 on top
 * of them signs with WebCrypto, and reads everything again that it writes.
 */
import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate,
  Validity as CertificateValidity,
  ExtendedKeyUsage,
  type Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Version,
} from '@peculiar/asn1-x509';
import { type Authority, issuerOf, signingKey, withKey } from './authority.ts';
import { BoundedMemory } from './bounded-memory.ts';
import { kept, keptBytes } from './kept-structure.ts';
import { createKeyPair } from './keys.ts';
import { pemOf } from './pem.ts';
import {
  type AlternativeNames,
  alternativeNames,
  arrayBufferOf,
  caExtensions,
  distinguishedName,
  extension,
  type Subject,
  signatureAlgorithm,
  signatureOf,
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
    ...leafExtensions(),
    extendedUsage(request.usages ?? ['server', 'client']),
    ...alternativeNames(request),
  ];
  return createCertificate(request, request.publicKeyDer, authority, signingKey(authority), extensions);
}

let ofEveryLeaf: readonly Extension[] | undefined;

/** Returns the extensions that every leaf has. */
function leafExtensions(): readonly Extension[] {
  const uses = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
  ofEveryLeaf ??= [
    kept(extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true)),
    kept(extension(id_ce_keyUsage, new KeyUsage(uses), true)),
  ];
  return ofEveryLeaf;
}

const usagesOf = new BoundedMemory<Extension>(4);

const extendedUsage = (usages: readonly ('server' | 'client')[]): Extension =>
  usagesOf.recall(usages.join(), () => {
    const ids = usages.map(usage => (usage === 'server' ? id_kp_serverAuth : id_kp_clientAuth));
    return kept(extension(id_ce_extKeyUsage, new ExtendedKeyUsage(ids)));
  });

/** As Go makes it, and RFC 5280, 4.2.1.2: the hash of the key's bits. */
function subjectKey(publicKeyDer: Buffer): Extension {
  const { subjectPublicKey } = AsnConvert.parse(publicKeyDer, SubjectPublicKeyInfo);
  const hash = createHash('sha1').update(Buffer.from(subjectPublicKey)).digest();
  return extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(arrayBufferOf(hash)));
}

function createCertificate(
  options: Subject & Validity,
  publicKeyDer: Buffer,
  issuer: Authority | undefined,
  key: KeyObject,
  extensions: readonly Extension[],
): string {
  const subject = kept(distinguishedName(options));
  const issuerParts = issuer && issuerOf(issuer);
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f); // positive, and of the same length always
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBufferOf(serial),
    signature: signatureAlgorithm,
    issuer: issuerParts?.name ?? subject,
    validity: new CertificateValidity({
      notBefore: new Date(options.notBeforeMs),
      notAfter: new Date(options.notAfterMs),
    }),
    subject,
    subjectPublicKeyInfo: keptBytes<SubjectPublicKeyInfo>(publicKeyDer),
    extensions: new Extensions([...extensions, ...[issuerParts?.keyExtension ?? []].flat()]),
  });
  const content = kept(tbsCertificate);
  const signatureValue = signatureOf(content, key);
  return pemOf(
    'CERTIFICATE',
    new Certificate({ tbsCertificate: content, signatureAlgorithm, signatureValue }),
  );
}
