/**
 * X.509 on @peculiar/x509: certificate authorities, leaves, signing requests. ECDSA P-256 throughout.
 *
 * The library asks for a WebCrypto; it gets one that calls node:crypto synchronously. So every promise here settles within the same
 * turn of the event loop, as the virtual-time rule of the simulator demands (`docs/architecture.md`, time).
 */
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  type webcrypto,
} from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface KeyPair {
  /** PKCS #8 in PEM. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyDer: Buffer;
}

export interface Subject {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly locality?: string;
}

/** The period that is written into a certificate. OpenSSL checks it against the wall's clock, whatever the virtual one says. */
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

type CryptoKey = webcrypto.CryptoKey;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What our WebCrypto hands to the library in place of a CryptoKey. */
interface SyncKey {
  readonly type: 'private' | 'public';
  readonly algorithm: typeof ALGORITHM;
  readonly extractable: true;
  readonly usages: readonly string[];
  readonly key: KeyObject;
}

const syncKey = (key: KeyObject): CryptoKey =>
  ({
    type: key.type === 'private' ? 'private' : 'public',
    algorithm: ALGORITHM,
    extractable: true,
    usages: ['sign', 'verify'],
    key,
  }) satisfies SyncKey as unknown as CryptoKey; // only ever read by the provider below and by the library's look at `algorithm`

const nodeKey = (key: CryptoKey): KeyObject => (key as unknown as SyncKey).key;

const syncCrypto = {
  getRandomValues: (array: Uint8Array) => {
    array.set(randomBytes(array.length));
    return array;
  },
  subtle: {
    exportKey: async (_format: string, key: CryptoKey) => {
      const der = nodeKey(key).export({ type: 'spki', format: 'der' });
      return der.buffer.slice(der.byteOffset, der.byteOffset + der.byteLength);
    },
    importKey: async (_format: string, data: ArrayBuffer) =>
      syncKey(createPublicKey({ key: Buffer.from(data), type: 'spki', format: 'der' })),
    sign: async (_algorithm: unknown, key: CryptoKey, data: ArrayBuffer) =>
      sign('sha256', Buffer.from(data), { key: nodeKey(key), dsaEncoding: 'ieee-p1363' }),
    verify: async (_algorithm: unknown, key: CryptoKey, signature: ArrayBuffer, data: ArrayBuffer) =>
      verify('sha256', Buffer.from(data), { key: nodeKey(key), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature)),
  },
};
// A partial WebCrypto: the library calls nothing else for ECDSA.
x509.cryptoProvider.set(syncCrypto as unknown as webcrypto.Crypto);

export function createKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyDer: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

/** A self-signed authority. */
export async function createRootCa(options: Subject & Validity): Promise<Authority> {
  const keys = createKeyPair();
  const certificatePem = await createCertificate(
    options,
    keys.publicKeyDer,
    undefined,
    keys.privateKeyPem,
    caExtensions(),
  );
  return { certificatePem, privateKeyPem: keys.privateKeyPem, chainPem: certificatePem, rootPem: certificatePem };
}

/** An authority signed by `parent`, which may sign leaves only. */
export async function createIntermediateCa(
  parent: Authority,
  options: Subject & Validity & { readonly dnsNames?: readonly string[] },
): Promise<Authority> {
  const keys = createKeyPair();
  const extensions = [...caExtensions(0), ...alternativeNames(options)];
  const certificatePem = await createCertificate(options, keys.publicKeyDer, parent, parent.privateKeyPem, extensions);
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
  const certificate = new x509.X509Certificate(pems.certificatePem);
  const publicKey = createPublicKey(createPrivateKey(pems.privateKeyPem)).export({ type: 'spki', format: 'der' });
  if (!Buffer.from(certificate.publicKey.rawData).equals(publicKey))
    throw new Error('The private key does not belong to the certificate.');
  return { ...pems };
}

/** @returns the leaf's certificate alone, PEM; append `authority.chainPem` where a chain is served */
export function issueCertificate(authority: Authority, request: LeafRequest): Promise<string> {
  const usages = request.usages ?? ['server', 'client'];
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
    new x509.ExtendedKeyUsageExtension(
      usages.map(usage => (usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth)),
    ),
    ...alternativeNames(request),
  ];
  return createCertificate(request, request.publicKeyDer, authority, authority.privateKeyPem, extensions);
}

/** A PKCS #10 request, PEM. */
export async function createCsr(
  keys: KeyPair,
  options: Subject & { readonly uris?: readonly string[] } = {},
): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: distinguishedName(options),
    keys: {
      privateKey: syncKey(createPrivateKey(keys.privateKeyPem)),
      publicKey: syncKey(createPublicKey({ key: keys.publicKeyDer, type: 'spki', format: 'der' })),
    },
    signingAlgorithm: ALGORITHM,
    extensions: alternativeNames(options),
  });
  return `${request.toString('pem')}\n`;
}

/** @throws Error if the text is no request, or its signature is not that of its own key */
export async function readCsr(pem: string): Promise<{ readonly publicKeyDer: Buffer }> {
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('The signature of the certificate request is not valid.');
  return { publicKeyDer: Buffer.from(request.publicKey.rawData) };
}

function distinguishedName({ commonName, organizations = [], locality }: Subject): x509.JsonName {
  return [
    ...organizations.map(organization => ({ O: [organization] })),
    ...(locality === undefined ? [] : [{ L: [locality] }]),
    ...(commonName === undefined ? [] : [{ CN: [commonName] }]),
  ];
}

function caExtensions(pathLength?: number): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(
      x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
      true,
    ),
  ];
}

function alternativeNames(names: Pick<LeafRequest, 'dnsNames' | 'ipAddresses' | 'uris'>): x509.Extension[] {
  const all: x509.JsonGeneralNames = [
    ...(names.dnsNames ?? []).map(value => ({ type: 'dns' as const, value })),
    ...(names.ipAddresses ?? []).map(value => ({ type: 'ip' as const, value })),
    ...(names.uris ?? []).map(value => ({ type: 'url' as const, value })),
  ];
  return all.length > 0 ? [new x509.SubjectAlternativeNameExtension(all)] : [];
}

async function createCertificate(
  options: Subject & Validity,
  publicKeyDer: Buffer,
  issuer: Authority | undefined,
  signingKeyPem: string,
  extensions: x509.Extension[],
): Promise<string> {
  const subject = distinguishedName(options);
  const certificate = await x509.X509CertificateGenerator.create({
    // Positive and non-zero: the first byte is between 0x40 and 0x7f.
    serialNumber: `${(0x40 + ((randomBytes(1)[0] ?? 0) & 0x3f)).toString(16)}${randomBytes(15).toString('hex')}`,
    subject,
    issuer: issuer ? new x509.X509Certificate(issuer.certificatePem).subjectName : subject,
    notBefore: new Date(options.notBeforeMs),
    notAfter: new Date(options.notAfterMs),
    publicKey: publicKeyDer,
    signingKey: syncKey(createPrivateKey(signingKeyPem)),
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  return `${certificate.toString('pem')}\n`;
}
