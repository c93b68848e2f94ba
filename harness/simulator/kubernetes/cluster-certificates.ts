/**
 * The certificates of one cluster: its server's, those of its clients, and the kubeconfig that carries one.
 */
import { dump } from 'js-yaml';
import type { Authority } from '../../base/authority.ts';
import { issueCertificate, type Validity } from '../../base/certificates.ts';
import { createKeyPair } from '../../base/keys.ts';

/** A key with a certificate of the cluster's authority; both PEM. */
export interface CertifiedKey {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/**
 * Issues the server's own certificate.
 * @param names - the name of the node on which it runs, and the IP addresses by which it is reached
 */
export async function issueServer(
  authority: Authority,
  validity: Validity,
  names: { readonly host: string; readonly addresses: readonly string[] },
): Promise<CertifiedKey> {
  const keys = createKeyPair();
  const certificatePem = await issueCertificate(authority, {
    commonName: 'kube-apiserver',
    publicKeyDer: keys.publicKeyDer,
    dnsNames: [
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      'localhost',
      names.host,
    ],
    ipAddresses: names.addresses,
    usages: ['server'],
    ...validity,
  });
  return { keyPem: keys.privateKeyPem, certificatePem };
}

/**
 * Issues a client's certificate: its common name is the user, its organizations are the groups. The key is in
 * the form of SEC 1 (`BEGIN EC PRIVATE KEY`), as `openssl ecparam` writes it: all clients read that, but some
 * (fabric8 8.0.0 among them) take any key in PKCS #8 for one of RSA.
 */
export async function issueClient(
  authority: Authority,
  validity: Validity,
  commonName: string,
  organizations: readonly string[],
): Promise<CertifiedKey> {
  const keys = createKeyPair();
  const certificatePem = await issueCertificate(authority, {
    commonName,
    organizations,
    publicKeyDer: keys.publicKeyDer,
    usages: ['client'],
    ...validity,
  });
  const keyPem = keys.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  return { keyPem, certificatePem };
}

/** Writes the kubeconfig of an administrator, as YAML; its context, cluster and user have the same name. */
export function kubeconfigOf(name: string, server: string, caPem: string, admin: CertifiedKey): string {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  return dump(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { 'certificate-authority-data': encode(caPem), server } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
      users: [
        {
          name,
          user: {
            'client-certificate-data': encode(admin.certificatePem),
            'client-key-data': encode(admin.keyPem),
          },
        },
      ],
    },
    { lineWidth: -1 },
  );
}
