/** Runs all peers, one after the other; ends with 1 if one of them finds a difference. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const PEERS = [
  'envoy-takes-resources.ts',
  'call-through-envoy.ts',
  'compare-discovery.ts',
  'istiod-serves-meshes.ts',
  'istioctl-on-simulated-mesh.ts',
];

let failures = 0;
for (const peer of PEERS) {
  console.log(`== ${peer}`);
  const loader = path.join(FOLDER, '..', 'support', 'loader.mjs');
  const { status } = spawnSync(process.execPath, [`--import=${loader}`, path.join(FOLDER, peer)], {
    stdio: 'inherit',
  });
  if (status !== 0) failures += 1;
}
process.exitCode = failures === 0 ? 0 : 1;
