/**
 * Removes Jobs some time after their end, if they ask for it
 * (pkg/controller/ttlafterfinished/ttlafterfinished_controller.go @v1.34).
 */
import { type Controller, type ControllerContext, stopAll } from '../../client/controller.ts';
import { isJobFinished, type Job, keyOf } from '../../client/kinds.ts';
import { WorkQueue } from '../../client/work-queue.ts';

const KIND = 'jobs.batch';

/** Returns when a Job is to go, in milliseconds since the epoch; undefined if it stays. */
function expiryOf({ metadata, spec, status }: Job): number | undefined {
  const { ttlSecondsAfterFinished: seconds } = spec;
  if (seconds === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  const end = status?.conditions?.find(
    ({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True',
  );
  return end?.lastTransitionTime === undefined
    ? undefined
    : Date.parse(end.lastTransitionTime) + seconds * 1000;
}

/** Starts the controller that removes finished Jobs. */
export function startTtlController({ component, client, clock }: ControllerContext): Controller {
  const queue = new WorkQueue(
    component,
    key => {
      const [namespace = '', name = ''] = key.split('/');
      const job = client.get(KIND, namespace, name);
      const expiry = job && isJobFinished(job) ? expiryOf(job) : undefined;
      if (!job || expiry === undefined) return;
      const leftMs = expiry - clock.now();
      if (leftMs > 0) queue.addAfter(key, leftMs);
      else {
        const { uid = '', resourceVersion = '' } = job.metadata;
        const preconditions = { uid, resourceVersion };
        client.local.delete(KIND, namespace, name, { propagationPolicy: 'Foreground', preconditions });
      }
    },
    KIND,
  );
  const stop = client.watch(KIND, {}, ({ type, object }) => {
    if (type !== 'DELETED' && isJobFinished(object) && expiryOf(object) !== undefined)
      queue.add(keyOf(object));
  });
  return { stop: () => stopAll([() => queue.stop(), stop]) };
}
