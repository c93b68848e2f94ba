/** Messages as JSON: rows of ProtoJSON. */
import t from 'tap';
import {
  encodeMessage,
  type ProtoMessage,
} from '../../../../../harness/simulator/istio/xds/proto/encode-message.ts';
import {
  anyJson,
  durationText,
  messageJson,
} from '../../../../../harness/simulator/istio/xds/proto/message-json.ts';
import {
  anyOf,
  durationOf,
  emptyAny,
  structOf,
  wrapped,
} from '../../../../../harness/simulator/istio/xds/proto/well-known.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const NODE = 'envoy.config.core.v3.Node';
const RESPONSE = 'envoy.service.discovery.v3.DiscoveryResponse';
const STATUS = 'envoy.service.status.v3.ClientConfig.GenericXdsConfig';

const rows: Record<string, [type: string, message: ProtoMessage, json: object]> = {
  'an enumeration has its name, also at zero where it is told from nothing': [
    CLUSTER,
    { name: 'a', type: 0 },
    { name: 'a', type: 'STATIC' },
  ],
  'a number without a name stays one': [CLUSTER, { type: 77 }, { type: 77 }],
  'a duration has three digits or six after the point': [
    CLUSTER,
    { connect_timeout: durationOf(250) },
    { connect_timeout: '0.250s' },
  ],
  'a moment is written in UTC': [
    STATUS,
    { last_updated: { seconds: 1_700_000_000, nanos: 5_000_000 }, config_status: 1 },
    { last_updated: '2023-11-14T22:13:20.005Z', config_status: 'SYNCED' },
  ],
  'a wrapped number is one': [
    'envoy.config.route.v3.RetryPolicy',
    { num_retries: wrapped(0), host_selection_retry_max_attempts: 5 },
    { num_retries: 0, host_selection_retry_max_attempts: '5' },
  ],
  'a Struct is what it means': [
    NODE,
    { id: 'x', metadata: structOf({ CLUSTER_ID: 'cluster1', many: [1, null, true] }) },
    { id: 'x', metadata: { CLUSTER_ID: 'cluster1', many: [1, null, true] } },
  ],
  'a message of any type has it beside its fields': [
    RESPONSE,
    { resources: [anyOf(CLUSTER, { name: 'a' }), emptyAny('a.B')] },
    {
      resources: [
        { '@type': `type.googleapis.com/${CLUSTER}`, name: 'a' },
        { '@type': 'type.googleapis.com/a.B' },
      ],
    },
  ],
};

for (const [name, [type, message, json]] of Object.entries(rows))
  t.test(name, async t => t.same(messageJson(type, encodeMessage(type, message)), json));

t.test('a well-known type inside of any stands under `value`', async t => {
  t.same(
    anyJson(
      'type.googleapis.com/google.protobuf.Duration',
      encodeMessage('google.protobuf.Duration', { seconds: 2 }),
    ),
    {
      '@type': 'type.googleapis.com/google.protobuf.Duration',
      value: '2s',
    },
  );
});

t.test('durations', async t => {
  t.same([0, 1000, 1.5, 250].map(durationText), ['0s', '1s', '0.001500s', '0.250s']);
});
