/** What a proxy's administration shows of what a real istiod told it. */
import t from 'tap';
import { CODECS } from '../../../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import { RecordedMesh } from '../../../support/recorded-mesh.ts';
import { readRecording } from '../../../support/recording.ts';
import { RUN } from '../../../support/view-differences.ts';

interface Note {
  readonly type: string;
  readonly note: string;
  readonly resources: readonly string[];
}

/** What reading the recorded bytes says: type and note. */
function notesOfRecording(): readonly string[] {
  const told = readRecording('multi-primary-multi-network').proxies.get('curl')?.told;
  const notes = new Set<string>();
  for (const [short, type] of Object.entries(RUN))
    for (const { body } of told?.[short as keyof typeof RUN] ?? [])
      CODECS[type].decode(body, note => notes.add(`${type}: ${note}`));
  return [...notes].sort();
}

t.test('config_dump tells what was accepted without effect, clusters the limits that were told', async t => {
  await using mesh = await RecordedMesh.start();
  const { configs } = JSON.parse(await mesh.page('config_dump'));
  const last = configs.at(-1);
  t.equal(last['@type'], 'type.googleapis.com/google.protobuf.Struct', 'of a type that every reader knows');
  const notes: readonly Note[] = last.value.mesh_harness_notes;
  t.strictSame(notes.map(({ type, note }) => `${type}: ${note}`).sort(), notesOfRecording());
  const telemetry = notes.find(({ note }) =>
    note.includes(' stats.PluginConfig, because there is no telemetry'),
  );
  t.ok(telemetry?.resources.includes('0.0.0.0_5000'), JSON.stringify(telemetry));
  const { configs: listed } = JSON.parse(await mesh.page('config_dump?resource=dynamic_active_clusters'));
  t.notOk(
    listed.some((each: object) => 'value' in each),
    'not among the resources of one list',
  );

  const clusters = await mesh.page('clusters');
  const told = 'outbound|5000||helloworld.sample.svc.cluster.local::default_priority';
  for (const limit of ['max_connections', 'max_pending_requests', 'max_requests', 'max_retries'])
    t.match(clusters, `${told}::${limit}::4294967295\n`);
  t.match(
    clusters,
    'BlackHoleCluster::default_priority::max_connections::1024\n',
    'which has no limits of its own',
  );
  t.match(clusters, 'BlackHoleCluster::default_priority::max_retries::3\n');
});
