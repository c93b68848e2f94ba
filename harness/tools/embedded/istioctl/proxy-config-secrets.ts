/**
 * `istioctl proxy-config secret`.
 * istio/istio istioctl/pkg/writer/envoy/configdump/secret (sdscompare/writer.go) @1.8.0
 */
import { verbOf } from './proxy-config-table.ts';
import type { CertificateDetails, CertificatesPage } from './proxy-resources.ts';
import { releaseOf } from './releases.ts';

/**
 * One line for the certificate of the workload and one for its root.
 * Unlike istioctl's, NOT AFTER is the end of life that the mesh keeps to.
 */
export const secret = verbOf({
  name: 'secret',
  flags: {},
  path: 'certs',
  header: () => ['RESOURCE NAME', 'TYPE', 'STATUS', 'VALID CERT', 'SERIAL NUMBER', 'NOT AFTER', 'NOT BEFORE'],
  select: (page, { invocation: { clock }, istioVersion }) => {
    const release = releaseOf(istioVersion).proxyConfig;
    const { certificates = [] } = page as CertificatesPage; // Envoy's page
    const row = (
      name: string,
      type: string,
      { serial_number: serial, valid_from: from, expiration_time: to }: CertificateDetails,
    ) => {
      const valid = Date.parse(from) <= clock.now() && clock.now() < Date.parse(to);
      return [name, type, 'ACTIVE', String(valid), release.serial(serial), to, from];
    };
    return {
      json: page,
      // Each context of the proxy has an entry, and all have the same certificates.
      rows: certificates
        .slice(0, 1)
        .flatMap(({ cert_chain: chain = [], ca_cert: roots = [] }) => [
          ...chain.slice(0, 1).map(details => row('default', 'Cert Chain', details)),
          ...roots.slice(0, 1).map(details => row('ROOTCA', 'CA', details)),
        ]),
    };
  },
});
