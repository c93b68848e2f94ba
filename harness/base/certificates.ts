/**
 * X.509: certificate authorities, leaves, signing requests. ECDSA P-256 throughout, by node:crypto's synchronous calls, as the virtual-time
 * rule of the simulator demands (`docs/architecture.md`, time).
 *
 * The structures are written here rather than by a library: a run needs some thirty of them, and the general ones took longer over that, with
 * their loading, than over everything else that is not traffic. A test reads the results with such a library, and OpenSSL does in every handshake.
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
import { isIPv4 } from 'node:net';
import * as der from './der.ts';

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

/** Dotted names of what occurs in our certificates (RFC 5280, RFC 5480, RFC 5758, RFC 2985). */
const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  locality: '2.5.4.7',
  organization: '2.5.4.10',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;

/** Bits of a key's usage, counted from the highest of the first byte. */
const KEY_USAGE = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const;

const SIGNATURE_ALGORITHM = der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));

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
  const certificatePem = createCertificate(options, keys.publicKeyDer, undefined, keys.privateKeyPem, caExtensions());
  return { certificatePem, privateKeyPem: keys.privateKeyPem, chainPem: certificatePem, rootPem: certificatePem };
}

/** An authority signed by `parent`, which may sign leaves only. */
export async function createIntermediateCa(
  parent: Authority,
  options: Subject & Validity & { readonly dnsNames?: readonly string[] },
): Promise<Authority> {
  const keys = createKeyPair();
  const extensions = [...caExtensions(0), ...alternativeNames(options)];
  const certificatePem = createCertificate(options, keys.publicKeyDer, parent, parent.privateKeyPem, extensions);
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
    extension(OID.basicConstraints, der.sequence(), true),
    extension(OID.keyUsage, keyUsage('digitalSignature', 'keyEncipherment'), true),
    extension(
      OID.extendedKeyUsage,
      der.sequence(
        ...usages.map(usage =>
          der.objectIdentifier(usage === 'server' ? OID.serverAuthentication : OID.clientAuthentication),
        ),
      ),
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
  const extensions = alternativeNames(options);
  const attributes =
    extensions.length === 0
      ? []
      : [
          der.sequence(
            der.objectIdentifier(OID.extensionRequest),
            der.encode(der.TAG.set, der.sequence(...extensions)),
          ),
        ];
  const information = der.sequence(
    der.integer(Buffer.from([0])), // version 1
    distinguishedName(options),
    keys.publicKeyDer,
    der.encode(der.context(0, 'constructed'), ...attributes),
  );
  return pemOf('CERTIFICATE REQUEST', signed(information, signingKey(keys.privateKeyPem)));
}

/** @throws Error if the text is no request, or its signature is not that of its own key */
export async function readCsr(pem: string): Promise<{ readonly publicKeyDer: Buffer }> {
  const [request] = der.decode(bytesOf(pem));
  const [information, , signature] = der.decode(request?.contents ?? Buffer.alloc(0));
  if (!information || !signature) throw new Error('This is not a certificate request.');
  const [, , publicKeyInfo] = der.decode(information.contents);
  if (!publicKeyInfo) throw new Error('The certificate request has no key.');
  const publicKeyDer = Buffer.from(publicKeyInfo.whole);
  const key = createPublicKey({ key: publicKeyDer, type: 'spki', format: 'der' });
  if (!verify('sha256', information.whole, key, signature.contents.subarray(1)))
    throw new Error('The signature of the certificate request is not valid.');
  return { publicKeyDer };
}

function distinguishedName({ commonName, organizations = [], locality }: Subject): Buffer {
  const attribute = (oid: string, value: string) =>
    der.encode(der.TAG.set, der.sequence(der.objectIdentifier(oid), der.utf8String(value)));
  return der.sequence(
    ...organizations.map(organization => attribute(OID.organization, organization)),
    ...(locality === undefined ? [] : [attribute(OID.locality, locality)]),
    ...(commonName === undefined ? [] : [attribute(OID.commonName, commonName)]),
  );
}

function extension(oid: string, value: Buffer, isCritical = false): Buffer {
  return der.sequence(
    der.objectIdentifier(oid),
    ...(isCritical ? [der.boolean(true)] : []), // false is the default, which DER leaves out
    der.octetString(value),
  );
}

function keyUsage(...uses: readonly (keyof typeof KEY_USAGE)[]): Buffer {
  const bits = uses.map(use => KEY_USAGE[use]);
  const byte = bits.reduce<number>((all, bit) => all | (0x80 >> bit), 0);
  return der.bitString(Buffer.from([byte]), 7 - Math.max(...bits));
}

function caExtensions(pathLength?: number): Buffer[] {
  const constraints = der.sequence(
    der.boolean(true),
    ...(pathLength === undefined ? [] : [der.integer(Buffer.from([pathLength]))]),
  );
  return [
    extension(OID.basicConstraints, constraints, true),
    extension(OID.keyUsage, keyUsage('digitalSignature', 'keyCertSign', 'cRLSign'), true),
  ];
}

function alternativeNames({
  dnsNames = [],
  ipAddresses = [],
  uris = [],
}: Pick<LeafRequest, 'dnsNames' | 'ipAddresses' | 'uris'>): Buffer[] {
  const names = [
    ...dnsNames.map(name => der.encode(der.context(2, 'primitive'), Buffer.from(name, 'ascii'))),
    ...ipAddresses.map(address => der.encode(der.context(7, 'primitive'), addressBytes(address))),
    ...uris.map(uri => der.encode(der.context(6, 'primitive'), Buffer.from(uri, 'ascii'))),
  ];
  return names.length > 0 ? [extension(OID.subjectAlternativeName, der.sequence(...names))] : [];
}

function addressBytes(address: string): Buffer {
  if (!isIPv4(address)) throw new RangeError(`${address} is not an IPv4 address.`);
  return Buffer.from(address.split('.').map(Number));
}

function createCertificate(
  options: Subject & Validity,
  publicKeyDer: Buffer,
  issuer: Authority | undefined,
  signingKeyPem: string,
  extensions: readonly Buffer[],
): string {
  const subject = distinguishedName(options);
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f); // positive, and of the same length always
  const toBeSigned = der.sequence(
    der.encode(der.context(0, 'constructed'), der.integer(Buffer.from([2]))), // version 3
    der.integer(serial),
    SIGNATURE_ALGORITHM,
    issuer ? subjectOf(issuer.certificatePem) : subject,
    der.sequence(der.time(options.notBeforeMs), der.time(options.notAfterMs)),
    subject,
    publicKeyDer,
    der.encode(der.context(3, 'constructed'), der.sequence(...extensions)),
  );
  return pemOf('CERTIFICATE', signed(toBeSigned, signingKey(signingKeyPem)));
}

/** What is signed, how, and the signature: certificates and requests alike. */
function signed(content: Buffer, key: KeyObject): Buffer {
  return der.sequence(content, SIGNATURE_ALGORITHM, der.bitString(sign('sha256', content, key)));
}

/** An authority signs often; reading its key takes as long as a signature. Of the last one only, lest others pile up. */
let lastKey: { readonly pem: string; readonly key: KeyObject } | undefined;

function signingKey(pem: string): KeyObject {
  if (lastKey?.pem !== pem) lastKey = { pem, key: createPrivateKey(pem) };
  return lastKey.key;
}

/** The name in a certificate, byte for byte: the issuer of one that it signs must be the same. */
function subjectOf(certificatePem: string): Buffer {
  const [certificate] = der.decode(bytesOf(certificatePem));
  const [toBeSigned] = der.decode(certificate?.contents ?? Buffer.alloc(0));
  // Version 1 has no version; else it is version, serial number, algorithm, issuer, validity, subject.
  const fields = der.decode(toBeSigned?.contents ?? Buffer.alloc(0));
  const subject = fields[fields[0]?.tag === der.context(0, 'constructed') ? 5 : 4];
  if (!subject) throw new Error('The certificate of the authority can not be read.');
  return subject.whole;
}

const pemOf = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

/** The bytes of the first block of a PEM text. */
function bytesOf(pem: string): Buffer {
  const body = /-----BEGIN [A-Z0-9 ]+-----([^-]*)-----END/.exec(pem)?.[1];
  if (body === undefined) throw new Error('This is not a text in PEM.');
  return Buffer.from(body, 'base64');
}
