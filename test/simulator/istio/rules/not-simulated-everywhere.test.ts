/** What the guide itself writes is told nowhere; what a user adds is told at the write, in the log and in analyze. */
import t from 'tap';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

for (const edition of ['1.8', 'current'])
  t.test(`an install of ${edition}`, async t => {
    await using mesh = await RuledMesh.install('primary-remote-multi-network', edition);
    t.same(mesh.mesh.world.notSimulated(), [], 'nothing was told of what was written');
    const log = await mesh.istiodLog();
    t.notMatch(log, /not simulated|Istio has no/);
  });
