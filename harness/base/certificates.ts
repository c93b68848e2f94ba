/**
 * X.509: certificate authorities, leaves, signing requests. ECDSA P-256 throughout.
 *
 * The structures are those of @peculiar/asn1-x509; signatures are node:crypto's synchronous calls, as the
 * virtual-time rule of the simulator demands (`docs/architecture.md`, time). The larger @peculiar/x509 on top
 * of them signs with WebCrypto, and reads everything again that it writes.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  Attribute,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Validity as CertificateValidity,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Version,
} from '@peculiar/asn1-x509';

export interface KeyPair {
  /** PKCS #8 in PEM. */
  /** Ready to sign with; reading it from PEM takes many times as long as a signature. */
  readonly privateKey: KeyObject;
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyDer: Buffer;
}

export interface Subject {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly locality?: string;
}

/**
 * The period that is written into a certificate. OpenSSL checks it against the wall's clock, whatever the
 * virtual one says.
 */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A certificate authority that can sign. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Its own certificate and those above it, root last; PEM, concatenated. */
  readonly chainPem: string;
  readonly rootPem: string;
}

export interface LeafRequest extends Subject, Validity {
  readonly publicKeyDer: Buffer;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  /** Both by default. */
  readonly usages?: readonly ('server' | 'client')[];
}

/** Dotted names that the library has no constants for (RFC 5758, RFC 4519, RFC 2985). */
const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  locality: '2.5.4.7',
  organization: '2.5.4.10',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;

const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: OID.ecdsaWithSha256 });

export function createKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyDer: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

/** A self-signed authority. */
export async function createRootCa(options: Subject & Validity): Promise<Authority> {
  const keys = createKeyPair();
  const certificatePem = createCertificate(
    options,
    keys.publicKeyDer,
    undefined,
    keys.privateKey,
    caExtensions(),
  );
  return {
    certificatePem,
    privateKeyPem: keys.privateKeyPem,
    chainPem: certificatePem,
    rootPem: certificatePem,
  };
}

/** An authority signed by `parent`, which may sign leaves only. */
export async function createIntermediateCa(
  parent: Authority,
  options: Subject & Validity & { readonly dnsNames?: readonly string[] },
): Promise<Authority> {
  const keys = createKeyPair();
  const extensions = [...caExtensions(0), ...alternativeNames(options)];
  const certificatePem = createCertificate(
    options,
    keys.publicKeyDer,
    parent,
    signingKey(parent),
    extensions,
  );
  return {
    certificatePem,
    privateKeyPem: keys.privateKeyPem,
    chainPem: certificatePem + parent.chainPem,
    rootPem: parent.rootPem,
  };
}

/**
 * An authority from PEM texts, as a `cacerts` secret holds them.
 * @throws Error if a text is no certificate or key, or they do not belong together
 */
export function loadAuthority(pems: {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly chainPem: string;
  readonly rootPem: string;
}): Authority {
  if (!new X509Certificate(pems.certificatePem).checkPrivateKey(createPrivateKey(pems.privateKeyPem)))
    throw new Error('The private key does not belong to the certificate.');
  return { ...pems };
}

/** @returns the leaf's certificate alone, PEM; append `authority.chainPem` where a chain is served */
export async function issueCertificate(authority: Authority, request: LeafRequest): Promise<string> {
  const usages = request.usages ?? ['server', 'client'];
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(
      id_ce_keyUsage,
      new KeyUsage(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment),
      true,
    ),
    extension(
      id_ce_extKeyUsage,
      new ExtendedKeyUsage(usages.map(usage => (usage === 'server' ? id_kp_serverAuth : id_kp_clientAuth))),
    ),
    ...alternativeNames(request),
  ];
  return createCertificate(request, request.publicKeyDer, authority, signingKey(authority), extensions);
}

/** A PKCS #10 request, PEM. */
export async function createCsr(
  keys: KeyPair,
  options: Subject & { readonly uris?: readonly string[] } = {},
): Promise<string> {
  const extensions = alternativeNames(options);
  const information = new CertificationRequestInfo({
    subject: distinguishedName(options),
    subjectPKInfo: AsnConvert.parse(keys.publicKeyDer, SubjectPublicKeyInfo),
  });
  if (extensions.length > 0) {
    const values = [AsnConvert.serialize(new Extensions(extensions))];
    information.attributes.push(new Attribute({ type: OID.extensionRequest, values }));
  }
  const request = new CertificationRequest({
    certificationRequestInfo: information,
    signatureAlgorithm,
    signature: signatureOf(information, keys.privateKey),
  });
  return pemOf('CERTIFICATE REQUEST', request);
}

/** @throws Error if the text is no request, or its signature is not that of its own key */
export async function readCsr(pem: string): Promise<{ readonly publicKeyDer: Buffer }> {
  const request = AsnConvert.parse(bytesOf(pem), CertificationRequest);
  const { certificationRequestInfo: information, signature } = request;
  const publicKeyDer = Buffer.from(AsnConvert.serialize(information.subjectPKInfo));
  const key = createPublicKey({ key: publicKeyDer, type: 'spki', format: 'der' });
  // As it was sent: written again it need not be the same bytes.
  const content = Buffer.from(request.certificationRequestInfoRaw ?? AsnConvert.serialize(information));
  if (!verify('sha256', content, key, Buffer.from(signature)))
    throw new Error('The signature of the certificate request is not valid.');
  return { publicKeyDer };
}

function distinguishedName({ commonName, organizations = [], locality }: Subject): Name {
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

const extension = (extnID: string, value: unknown, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

function caExtensions(pathLenConstraint?: number): Extension[] {
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

function alternativeNames({
  dnsNames = [],
  ipAddresses = [],
  uris = [],
}: Pick<LeafRequest, 'dnsNames' | 'ipAddresses' | 'uris'>): Extension[] {
  const names = [
    ...dnsNames.map(dNSName => new GeneralName({ dNSName })),
    ...ipAddresses.map(iPAddress => new GeneralName({ iPAddress })),
    ...uris.map(uniformResourceIdentifier => new GeneralName({ uniformResourceIdentifier })),
  ];
  return names.length > 0 ? [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))] : [];
}

function createCertificate(
  options: Subject & Validity,
  publicKeyDer: Buffer,
  issuer: Authority | undefined,
  key: KeyObject,
  extensions: readonly Extension[],
): string {
  const subject = distinguishedName(options);
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f); // positive, and of the same length always
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBufferOf(serial),
    signature: signatureAlgorithm,
    issuer: issuer ? subjectOf(issuer) : subject,
    validity: new CertificateValidity({
      notBefore: new Date(options.notBeforeMs),
      notAfter: new Date(options.notAfterMs),
    }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyDer, SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  });
  const signatureValue = signatureOf(tbsCertificate, key);
  return pemOf('CERTIFICATE', new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue }));
}

const signatureOf = (content: unknown, key: KeyObject): ArrayBuffer =>
  arrayBufferOf(sign('sha256', Buffer.from(AsnConvert.serialize(content)), key));

const arrayBufferOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** An authority signs often: its key is read once. */
const signingKeys = new WeakMap<Authority, KeyObject>();

function signingKey(authority: Authority): KeyObject {
  const key = signingKeys.get(authority) ?? createPrivateKey(authority.privateKeyPem);
  signingKeys.set(authority, key);
  return key;
}

const subjects = new WeakMap<Authority, Name>();

/** The name in an authority's certificate: the issuer of one that it signs must be the same. */
function subjectOf(authority: Authority): Name {
  const known = subjects.get(authority);
  if (known) return known;
  const { subject } = AsnConvert.parse(bytesOf(authority.certificatePem), Certificate).tbsCertificate;
  subjects.set(authority, subject);
  return subject;
}

function pemOf(label: string, structure: unknown): string {
  const text = Buffer.from(AsnConvert.serialize(structure)).toString('base64');
  return `-----BEGIN ${label}-----\n${text.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

/** The bytes of the first block of a PEM text. */
function bytesOf(pem: string): Buffer {
  const body = /-----BEGIN [A-Z0-9 ]+-----([^-]*)-----END/.exec(pem)?.[1];
  if (body === undefined) throw new Error('This is not a text in PEM.');
  return Buffer.from(body, 'base64');
}
