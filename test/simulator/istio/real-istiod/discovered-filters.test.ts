/** A filter that a listener has by name comes by extension discovery, and is what it would be in the listener. */
import t from 'tap';
import { encodeMessage } from '../../../../harness/simulator/istio/xds/proto/encode-message.ts';
import type { Opened } from '../../../support/edit-message.ts';
import { type Edit, RecordedMesh } from '../../../support/recorded-mesh.ts';

const ALPN = 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig';
const NAME = 'istio.alpn';

/** The client's listener, whose alpn filter is to be discovered. */
const byName: Edit = {
  proxy: 'curl',
  type: 'lds',
  name: '0.0.0.0_5000',
  change: (m: Opened) => {
    const { http_filters: filters } = m.filter_chains[0].filters.at(-1).typed_config;
    const filter = filters.find(({ name }: Opened) => name === NAME);
    delete filter.typed_config;
    filter.config_discovery = {
      config_source: { ads: {}, resource_api_version: 2 },
      type_urls: [`type.googleapis.com/${ALPN}`, 'type.googleapis.com/x.Y'],
    };
  },
};

const extension = (type: string, bytes: Uint8Array) =>
  encodeMessage('envoy.config.core.v3.TypedExtensionConfig', {
    name: NAME,
    typed_config: { type_url: `type.googleapis.com/${type}`, value: bytes },
  });
const offering = (...alpn: string[]) =>
  encodeMessage(ALPN, { alpn_override: [{ upstream_protocol: 1, alpn_override: alpn }] });
const told = (type: string, bytes: Uint8Array = new Uint8Array()) =>
  new Map([[NAME, extension(type, bytes)]]);

t.test('a filter by extension discovery', async t => {
  await using mesh = await RecordedMesh.start();
  const isHealthy = { answers: [/^v1 .* 200$/, /^v2 .* 200$/], refusals: [] };
  mesh.discover(told(ALPN, offering('x')));
  t.match(await mesh.observe([byName]), { answers: [/ 503$/], refusals: [] }, 'it is executed');
  t.match(JSON.parse(await mesh.page('config_dump?resource=ecds_filters')).configs, [
    { ecds_filter: { name: NAME, typed_config: { '@type': `type.googleapis.com/${ALPN}` } } },
  ]);
  mesh.discover(told(ALPN, offering('istio-http/1.1', 'istio')));
  t.match(await mesh.observe([byName]), isHealthy, 'a change of it counts at once');
  mesh.discover(new Map());
  t.match(await mesh.observe([]), isHealthy, 'it goes when the listener has it no more');
  t.strictSame(JSON.parse(await mesh.page('config_dump?resource=ecds_filters')).configs, []);
  t.match(await mesh.observe([byName]), isHealthy, 'while it is to come, the listener is what it was');
});

t.test('a filter by extension discovery that is refused', async t => {
  await using mesh = await RecordedMesh.start();
  for (const [type, why] of [
    ['x.Y', /Didn't find a registered implementation for 'istio.alpn' with type URL: 'x.Y'/],
    ['envoy.extensions.filters.http.wasm.v3.Wasm', /Wasm is not simulated/],
    ['stats.PluginConfig', /^Error: filter config has type URL stats.PluginConfig but expect istio\.envoy/],
  ] as const) {
    mesh.discover(told(type));
    const { refusals, answers } = await mesh.observe([byName]);
    t.match(refusals, [why]);
    t.match(answers, [/^v1 .* 200$/, /^v2 .* 200$/], 'the listener is what it was');
  }
});
