/** A release of the user's own has to go with the Kubernetes that kind clusters run. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;

t.test('one that does not is refused before anything is made', { skip }, async t => {
  const folder = t.testdir();
  const topology = twoClusters(['network1', 'network1']);
  await using world = await kindWorld(folder, topology);
  const istioFolder = join(folder, 'istio-1.24.6');
  mkdirSync(join(istioFolder, 'samples'), { recursive: true });
  mkdirSync(join(istioFolder, 'bin'));
  writeFileSync(join(istioFolder, 'bin', 'istioctl'), '#!/bin/sh\necho 1.24.6\n');
  chmodSync(join(istioFolder, 'bin', 'istioctl'), 0o755);
  await t.rejects(world.platform('kre', { istioFolder }).start(topology, new AbortController().signal), {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /Istio 1\.24\.6 needs Kubernetes 1\.28 to 1\.31; this is v1\.34\.0/,
    hint: /a release like 1\.30\.3/,
  });
  t.notOk(existsSync(join(folder, 'state')), 'not even a ledger');
});
