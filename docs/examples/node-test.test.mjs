// node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { builtInChecks, up, verify } from 'mesh-harness';

let mesh;
before(async () => {
  mesh = await up({ scenario: 'primary-remote-multi-network' });
});
after(() => mesh.stop());

test('calls from cluster1 are answered in both clusters', async () => {
  const client = { namespace: 'sample', labelSelector: 'app=sleep', container: 'sleep' };
  const hello = ['curl', '-sS', 'helloworld.sample:5000/hello'];
  const calls = Array.from({ length: 30 }, () => mesh.exec('cluster1', client, hello));
  const versions = (await Promise.all(calls)).map(({ stdout }) => /version: (v\d)/.exec(stdout)?.[1]);
  assert.deepEqual([...new Set(versions)].sort(), ['v1', 'v2']);
});

/** A check of one's own. */
const noRestarts = {
  id: 'no-restarts',
  sentence: 'No container has been restarted.',
  level: 'core',
  async run({ clusters, signal }) {
    const pods = { apiVersion: 'v1', plural: 'pods' };
    const lists = await Promise.all(
      [...clusters.values()].map(({ client }) => client.list(pods, {}, signal)),
    );
    const containers = lists.flatMap(({ items }) => items.flatMap(({ status }) => status.containerStatuses));
    const restarts = containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
    return {
      outcome: restarts === 0 ? 'passed' : 'failed',
      found: `${restarts} restarts of ${containers.length} containers`,
      evidence: { containers: containers.length, restarts },
    };
  },
};

test('pods are ready, and none has been restarted', async () => {
  const ready = builtInChecks(mesh.topology).filter(({ id }) => id.endsWith('-workloads-ready'));
  const { verdict, scenarios } = await verify(mesh, { checks: [...ready, noRestarts] });
  assert.equal(verdict, 'passed', JSON.stringify(scenarios[0].reason));
  assert.equal(scenarios[0].checks.length, 3);
});
