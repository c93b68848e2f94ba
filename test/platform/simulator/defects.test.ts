import t from 'tap';
import { SimulatorPlatform } from '../../../harness/platform/simulator/simulator-platform.ts';
import { loopingController, throwingController } from '../../support/bad-controllers.ts';
import { twoClusters } from '../../support/topologies.ts';

const CONTROLLERS = { threw: throwingController, looped: loopingController };

for (const [kind, start] of Object.entries(CONTROLLERS)) {
  t.test(`a controller that ${kind} ends the run as a defect of ours`, async t => {
    const platform = new SimulatorPlatform({
      seed: '1',
      onWorld: world =>
        world.clusters.get('cluster1')?.startController('bad', context => {
          context.client.create('configmaps', {
            metadata: { name: 'victim', namespace: 'default' },
            data: { turns: '0' },
          });
          return start(context, () => {});
        }),
    });
    await using started = await platform.start(twoClusters(['a', 'a']), new AbortController().signal);
    const { defect } = started;
    if (!defect?.aborted)
      await new Promise(resolve => defect?.addEventListener('abort', resolve, { once: true }));
    t.match(defect?.reason, {
      code: 'ERR_SIMULATOR_DEFECT',
      exitCode: 3,
      message:
        /^In cluster1, bad (failed: made to throw|was stopped: its work on this object).*\(configmaps default\/victim\) \(at /,
      hint: /seed/,
    });
  });
}
