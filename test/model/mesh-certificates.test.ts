import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { createMeshCertificates } from '../../harness/model/mesh-certificates.ts';

t.test('every cluster has an intermediate of its own below one root', async t => {
  const files = await createMeshCertificates(['cluster1', 'cluster2'], Date.parse('2030-01-01T00:00:00Z'));
  const read = (path: string) => files.get(path) ?? '';
  t.same([...files.keys()].sort(), [
    'cluster1/ca-cert.pem',
    'cluster1/ca-key.pem',
    'cluster1/cert-chain.pem',
    'cluster1/root-cert.pem',
    'cluster2/ca-cert.pem',
    'cluster2/ca-key.pem',
    'cluster2/cert-chain.pem',
    'cluster2/root-cert.pem',
    'root-cert.pem',
  ]);
  const root = new X509Certificate(read('root-cert.pem'));
  for (const cluster of ['cluster1', 'cluster2']) {
    const intermediate = new X509Certificate(read(`${cluster}/ca-cert.pem`));
    t.equal(read(`${cluster}/root-cert.pem`), read('root-cert.pem'));
    t.equal(read(`${cluster}/cert-chain.pem`), read(`${cluster}/ca-cert.pem`) + read('root-cert.pem'));
    t.ok(intermediate.checkIssued(root) && intermediate.verify(root.publicKey), 'signed by the root');
    t.ok(intermediate.ca);
    t.match(intermediate.subject, `L=${cluster}`);
    t.equal(intermediate.subjectAltName, 'DNS:istiod.istio-system.svc');
    t.equal(
      Date.parse(intermediate.validFrom),
      Date.parse('2029-12-31T00:00:00Z'),
      'valid from a day before',
    );
    t.match(read(`${cluster}/ca-key.pem`), /BEGIN PRIVATE KEY/);
  }
  t.not(read('cluster1/ca-cert.pem'), read('cluster2/ca-cert.pem'));
});
