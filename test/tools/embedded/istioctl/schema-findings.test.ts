/** What istioctl analyze says of resources that make no sense, in the words of the real one. */
import t from 'tap';
import { schemaFindings } from '../../../../harness/tools/embedded/istioctl/schema-findings.ts';

const object = (kind: string, spec: object) => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: 'c', namespace: 'sample' },
  spec,
});

t.test('errors and warnings', async t => {
  const server = { port: { number: 80, name: 'http', protocol: 'HTTP' } };
  t.same(schemaFindings('current', object('Gateway', { servers: [server] })), [
    {
      level: 'Error',
      code: 'IST0106',
      about: 'Gateway sample/c',
      text: 'Schema validation error: server config must contain at least one host',
    },
  ]);
  const rule = object('DestinationRule', {
    host: 'a',
    trafficPolicy: { outlierDetection: { consecutiveErrors: 3 } },
  });
  t.match(schemaFindings('current', rule), [
    {
      code: 'IST0133',
      text: /^Schema validation warning: outlier detection consecutive errors is deprecated/,
    },
  ]);
  t.same(schemaFindings('1.8', rule), []);
  t.equal(schemaFindings('current', object('Gateway', { servers: [{}, {}] })).length, 4, 'one by one');
  t.same(schemaFindings('current', { ...object('Gateway', {}), apiVersion: 'example.com/v1' }), []);
});
