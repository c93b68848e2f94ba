/** The controllers of kinds that most clusters never have: each waits for its first object. */
import type { AllObjects } from './client/all-objects.ts';
import type { Controller } from './client/controller.ts';
import { startWhenNeeded } from './client/start-when-needed.ts';
import type { ContextOf } from './component-contexts.ts';
import { startCronJobController } from './controllers/batch/cron-job.ts';
import { startJobController } from './controllers/batch/job.ts';
import { startTtlController } from './controllers/batch/ttl-after-finished.ts';
import { startPolicyStatusController } from './controllers/policy-status.ts';
import { startResourceQuotaController } from './controllers/resource-quota.ts';
import { startDaemonSetController } from './controllers/sets/daemon-set.ts';
import { startReplicationController } from './controllers/sets/replication-controller.ts';
import { startStatefulSetController } from './controllers/sets/stateful-set.ts';
import { startVolumeBinder } from './controllers/storage/binder.ts';
import { startClassProtection } from './controllers/storage/class-protection.ts';
import { startStorageProtection } from './controllers/storage/protection.ts';

const CLASSES = 'volumeattributesclasses.storage.k8s.io';
const STORAGE = ['persistentvolumes', 'persistentvolumeclaims'] as const;

/** Starts them, each in a frame of its own. */
export function startRareControllers(contextOf: ContextOf, all: AllObjects): Controller[] {
  return [
    startWhenNeeded(contextOf('job'), ['jobs.batch'], startJobController),
    startWhenNeeded(contextOf('cron-job'), ['cronjobs.batch'], startCronJobController),
    startWhenNeeded(contextOf('stateful-set'), ['statefulsets.apps'], startStatefulSetController),
    startWhenNeeded(contextOf('daemon-set'), ['daemonsets.apps'], startDaemonSetController),
    startWhenNeeded(contextOf('replication'), ['replicationcontrollers'], startReplicationController),
    startWhenNeeded(contextOf('volume-binder'), [...STORAGE], startVolumeBinder),
    startWhenNeeded(contextOf('storage-protection'), [...STORAGE], startStorageProtection),
    startWhenNeeded(contextOf('class-protection'), [CLASSES], startClassProtection),
    startWhenNeeded(contextOf('ttl-after-finished'), ['jobs.batch'], startTtlController),
    startWhenNeeded(contextOf('resource-quota'), ['resourcequotas'], context =>
      startResourceQuotaController(context, all),
    ),
    startPolicyStatusController(contextOf('policy-status')),
  ];
}
