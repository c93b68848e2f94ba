// What `diagnose` costs on clusters that are up, and `matrix` beside its cases one by one.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { CLI, folder, measure } from './measure.mjs';

const cli = (...argv) => promisify(execFile)(process.execPath, [CLI, ...argv], { maxBuffer: 1e8 });
const SCENARIO = 'primary-remote-multi-network';
/** Somewhere on the clusters' own networks, where nobody is. */
const NOBODY = 'https://172.30.14.14:6443';

/** Has the remote secret for cluster2 name an address where packets vanish. */
async function losePackets(kubeconfig) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext('cluster1');
  const api = config.makeApiClient(CoreV1Api);
  const at = { namespace: 'istio-system', name: 'istio-remote-secret-cluster2' };
  const secret = await api.readNamespacedSecret(at);
  const text = Buffer.from(secret.data.cluster2, 'base64').toString();
  const changed = text.replace(/server: .*/, `server: ${NOBODY}`);
  secret.data.cluster2 = Buffer.from(changed).toString('base64');
  await api.replaceNamespacedSecret({ ...at, body: secret });
}

/** Measures `diagnose` on a healthy mesh, and on one where probes vanish, each beside the import. */
export async function measureDiagnose(rounds) {
  const samples = { 'import client-node': [], diagnose: [], 'diagnose, lost packets': [] };
  const states = {
    diagnose: path.join(folder, 'up'),
    'diagnose, lost packets': path.join(folder, 'up-lost'),
  };
  try {
    for (const state of Object.values(states))
      await cli('up', SCENARIO, '--edition', 'current', '--detach', '--state-dir', state);
    await losePackets(path.join(states['diagnose, lost packets'], 'kubeconfig'));
    for (let round = 0; round < rounds; round++) {
      samples['import client-node'].push(await measure(['-e', "import('@kubernetes/client-node')"]));
      for (const [name, state] of Object.entries(states))
        samples[name].push(
          await measure([CLI, 'diagnose', '--state-dir', state], [name === 'diagnose' ? 0 : 1]),
        );
    }
  } finally {
    for (const state of Object.values(states)) await cli('down', '--state-dir', state);
  }
  return samples;
}

/** So many cases are run one by one; the sum of all is taken from theirs. */
const SAMPLE = 12;

/**
 * Measures a scenario's matrix in as many processes as there are cores, and a sample of its cases, evenly of
 * all kinds, each as a process: a step left out by `run --omit`, what `run` cannot do by `matrix --case`,
 * which sends fewer calls.
 */
export async function measureMatrix() {
  const report = path.join(folder, 'matrix');
  const mesh = [SCENARIO, '--edition', 'current'];
  const whole = await measure([CLI, 'matrix', ...mesh, '-q', '--report-dir', report], [0, 1]);
  const { results } = JSON.parse(readFileSync(path.join(report, 'matrix.json'), 'utf8'));
  const { stdout: planned } = await cli('plan', ...mesh, '--format', 'json');
  const steps = JSON.parse(planned).steps.map(({ id }) => id);
  const chosen = Array.from({ length: SAMPLE }, (_, n) => results[Math.floor((n * results.length) / SAMPLE)]);
  const apart = [];
  for (const { id } of chosen) {
    const step = id.replace(/^without\//, '');
    const argv = steps.includes(step)
      ? ['run', ...mesh, '--omit', step, '-q', '--report-dir', report]
      : ['matrix', ...mesh, '--case', id, '--jobs', '1', '-q', '--report-dir', report];
    apart.push(await measure([CLI, ...argv], [0, 1]));
  }
  const sum = apart.reduce((all, { seconds }) => all + seconds, 0);
  return { attempts: results.length, seconds: whole.seconds, oneByOne: (sum * results.length) / SAMPLE };
}
