import t from 'tap';
import {
  type CertificateRequestMessage,
  type CertificateResponseMessage,
  decodeCertificateRequest,
  decodeCertificateResponse,
  encodeCertificateRequest,
  encodeCertificateResponse,
} from '../../../../../harness/simulator/istio/xds/proto/certificate.ts';
import {
  type DeltaDiscoveryRequestMessage,
  type DeltaDiscoveryResponseMessage,
  decodeDeltaDiscoveryRequest,
  decodeDeltaDiscoveryResponse,
  encodeDeltaDiscoveryRequest,
  encodeDeltaDiscoveryResponse,
} from '../../../../../harness/simulator/istio/xds/proto/delta-discovery.ts';
import {
  type DiscoveryRequestMessage,
  type DiscoveryResponseMessage,
  decodeDiscoveryRequest,
  decodeDiscoveryResponse,
  encodeDiscoveryRequest,
  encodeDiscoveryResponse,
} from '../../../../../harness/simulator/istio/xds/proto/discovery.ts';
import { encodeMessage } from '../../../../../harness/simulator/istio/xds/proto/encode-message.ts';

const node = {
  id: 'sidecar~10.10.0.5~sleep.sample~sample.svc.cluster.local',
  cluster: 'sleep.sample',
  metadata: {
    CLUSTER_ID: 'cluster1',
    LABELS: { app: 'sleep', __proto__own: '' },
    list: [1, -0.5, true, false, null, 'x', [], {}],
  },
  locality: { region: 'region1', zone: 'zone1', subZone: '' },
  userAgentName: 'envoy',
};
const resource = { typeUrl: 'type.googleapis.com/a.B', value: Buffer.from([1, 2, 3]) };

t.test('requests and responses come back as they were', async t => {
  const request: DiscoveryRequestMessage = {
    versionInfo: '7',
    node,
    resourceNames: ['a', 'b'],
    typeUrl: 'type.googleapis.com/a.B',
    responseNonce: 'n',
    errorDetail: { code: 13, message: 'no' },
  };
  t.strictSame(decodeDiscoveryRequest(encodeDiscoveryRequest(request)), request);
  const response: DiscoveryResponseMessage = {
    versionInfo: '7',
    resources: [resource],
    typeUrl: 'type.googleapis.com/a.B',
    nonce: 'n',
    controlPlane: '{"Component":"istiod"}',
  };
  t.strictSame(decodeDiscoveryResponse(encodeDiscoveryResponse(response)), response);
  const empty = { versionInfo: '', resourceNames: [], typeUrl: '', responseNonce: '' };
  t.strictSame(encodeDiscoveryRequest(empty).length, 0);
  t.strictSame(decodeDiscoveryRequest(new Uint8Array()), empty);
});

t.test('so do those that tell differences only', async t => {
  const request: DeltaDiscoveryRequestMessage = {
    subscribe: ['*'],
    unsubscribe: ['c'],
    initialResourceVersions: { a: '1', constructor: '2' },
    node,
    typeUrl: 'type.googleapis.com/a.B',
    responseNonce: '',
    errorDetail: { code: 0, message: '' },
  };
  t.strictSame(decodeDeltaDiscoveryRequest(encodeDeltaDiscoveryRequest(request)), request);
  const response: DeltaDiscoveryResponseMessage = {
    systemVersionInfo: '9',
    resources: [
      { name: 'a', version: '1', resource },
      { name: 'b', version: '2' },
    ],
    typeUrl: 'type.googleapis.com/a.B',
    removedResources: ['c'],
    nonce: 'n',
    controlPlane: '',
  };
  t.strictSame(decodeDeltaDiscoveryResponse(encodeDeltaDiscoveryResponse(response)), response);
});

t.test('what Envoy sends beside is noted', async t => {
  const bytes = encodeMessage('envoy.service.discovery.v3.DiscoveryRequest', {
    node: { id: 'a', client_features: ['envoy.lb.does_not_support_overprovisioning'] },
  });
  const notes: string[] = [];
  t.equal(decodeDiscoveryRequest(bytes, note => notes.push(note)).node?.id, 'a');
  t.match(notes, [/^accepted without effect: envoy.config.core.v3.Node client_features, because /]);
});

t.test('certificate requests and answers come back as they were', async t => {
  const request: CertificateRequestMessage = {
    csr: 'PEM',
    validityDurationSeconds: 86_400,
    metadata: { ClusterID: 'cluster1' },
  };
  const bytes = encodeCertificateRequest(request);
  t.strictSame(decodeCertificateRequest(bytes), request);
  // By hand: field 1 of three letters, field 3 of two bytes.
  t.strictSame(
    [...encodeCertificateRequest({ ...request, metadata: {} })],
    [0x0a, 3, 0x50, 0x45, 0x4d, 0x18, 0x80, 0xa3, 0x05, 0x22, 0],
  );
  const response: CertificateResponseMessage = { certChain: ['leaf', 'root'] };
  t.strictSame(decodeCertificateResponse(encodeCertificateResponse(response)), response);
});

t.test('bytes that are no message are refused in one line, however deep they go', async t => {
  t.throws(() => decodeDiscoveryRequest(Buffer.from([0x0a, 5, 1])), {
    name: 'Refusal',
    message: 'Unable to unpack as envoy.service.discovery.v3.DiscoveryRequest',
  });
  let deep: { readonly [key: string]: never } | readonly unknown[] = [];
  for (let depth = 0; depth < 500; depth++) deep = [deep];
  const request = encodeCertificateRequest({
    csr: '',
    validityDurationSeconds: 0,
    metadata: { deep: JSON.parse(JSON.stringify(deep)) },
  });
  t.throws(() => decodeCertificateRequest(request), { name: 'Refusal', message: /^Unable to unpack as / });
});

t.test('what the message does not have is not sent', async t => {
  const type = 'envoy.service.discovery.v3.DiscoveryRequest';
  t.throws(() => encodeMessage(type, { versionInfo: '1' }), /has no field versionInfo/);
  t.throws(() => encodeMessage(type, { version_info: 1 }), /number is no string/);
  t.throws(() => encodeMessage(type, { node: 'a' }), /not a message/);
  t.throws(() => encodeMessage('a.B', {}), /no message a.B: see wanted.json/);
});
