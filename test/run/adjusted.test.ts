import t from 'tap';
import { clusterName } from '../../harness/model/names.ts';
import type { PlatformAdjustment } from '../../harness/platform/platform.ts';
import { adjusted } from '../../harness/run/adjusted.ts';

t.test('adjustments stand in their order, so that what the user sets counts', async t => {
  const cluster = clusterName('cluster1');
  const adjustment = (value: string): PlatformAdjustment => ({
    ...{ tool: 'istioctl', verb: ['install'], cluster, because: '' },
    addArgs: ['--set', value],
  });
  const command = {
    ...{ tool: 'istioctl' as const, cluster, timeoutMs: 1, args: ['install', '-y', '-f', 'cluster1.yaml'] },
  };
  t.same(adjusted(command as never, [adjustment('a=platform'), adjustment('a=user')]).args, [
    ...['install', '--set', 'a=platform', '--set', 'a=user'],
    ...['-y', '-f', 'cluster1.yaml'],
  ]);
});
