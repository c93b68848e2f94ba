/**
 * Claims and volumes: bound to each other, and volumes reclaimed when their claim is gone
 * (pkg/controller/volume/persistentvolume/pv_controller.go @v1.34).
 */
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../../client/controller.ts';
import { type EventRecorder, referenceTo } from '../../client/event-recorder.ts';
import { keyOf, type PersistentVolume, type PersistentVolumeClaim, timestamp } from '../../client/kinds.ts';
import { hasCode } from '../../client/typed.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { equal } from '../../registry/json.ts';
import { BOUND_BY_CONTROLLER, claimNamesOf, isBound, SELECTED_NODE } from '../pod-claims.ts';
import { bestVolume, capacityOf, classOf, isFor, mismatchOf, requestOf } from '../volume-match.ts';
import { bindClaim, bindVolume } from './binding.ts';
import { PROVISIONED_BY, PROVISIONER, volumeFor } from './memory-volumes.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLASSES = 'storageclasses.storage.k8s.io';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

class VolumeBinder implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #provisioning: EventRecorder;
  readonly #claims: WorkQueue;
  readonly #volumes: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'persistentvolume-controller');
    this.#provisioning = eventRecorder(context, PROVISIONER);
    this.#claims = new WorkQueue(component, key => this.#syncClaim(key), CLAIMS);
    this.#volumes = new WorkQueue(component, key => this.#syncVolume(key), VOLUMES);
    this.#stops = [
      () => this.#claims.stop(),
      () => this.#volumes.stop(),
      client.watch(CLAIMS, {}, ({ type, object }) => {
        this.#claims.add(keyOf(object));
        if (type !== 'DELETED') return;
        for (const volume of client.list(VOLUMES))
          if (isFor(volume, object)) this.#volumes.add(keyOf(volume));
      }),
      client.watch(VOLUMES, {}, ({ object }) => {
        this.#volumes.add(keyOf(object));
        this.#retryClaims();
      }),
      client.watch(CLASSES, {}, () => this.#retryClaims()),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  /** Looks at the claims that wait for a volume or a class, and those whose volume may be lost. */
  #retryClaims(): void {
    for (const claim of this.#context.client.list(CLAIMS)) this.#claims.add(keyOf(claim));
  }

  #syncClaim(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const claim = this.#context.client.get(CLAIMS, namespace, name);
    if (!claim) return;
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) this.#syncBound(claim);
    else if ((claim.spec.volumeName ?? '') !== '') this.#syncChosen(claim, claim.spec.volumeName ?? '');
    else this.#syncUnbound(claim);
  }

  #syncUnbound(claim: PersistentVolumeClaim): void {
    const { client } = this.#context;
    const name = classOf(claim);
    const storage = name === '' ? undefined : client.get(CLASSES, '', name);
    const isDelayed = storage?.volumeBindingMode === 'WaitForFirstConsumer';
    const volume = bestVolume(client.list(VOLUMES), claim, { onlyKept: isDelayed });
    if (volume) {
      this.#bind(volume, claim);
      return;
    }
    const isSelected = claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
    if (isDelayed && !isSelected) this.#tellWaiting(claim);
    else if (name === '') {
      const text = 'no persistent volumes available for this claim and no storage class is set';
      this.#tell(claim, 'Normal', 'FailedBinding', text);
    } else if (!storage) {
      const text = `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`;
      this.#tell(claim, 'Warning', 'ProvisioningFailed', text);
    } else this.#provision(claim, storage);
  }

  #tellWaiting(claim: PersistentVolumeClaim): void {
    const { namespace = '', name = '' } = claim.metadata;
    const pods = this.#context.client
      .list('pods', { namespace })
      .filter(pod => (pod.spec.nodeName ?? '') === '' && claimNamesOf(pod).includes(name))
      .map(({ metadata }) => metadata.name);
    if (pods.length === 0) {
      const text = 'waiting for first consumer to be created before binding';
      this.#tell(claim, 'Normal', 'WaitForFirstConsumer', text);
    } else {
      const text = `waiting for pod${pods.length > 1 ? 's' : ''} ${pods.join(',')} to be scheduled`;
      this.#tell(claim, 'Normal', 'WaitForPodScheduled', text);
    }
  }

  /** Makes a volume if the class is of ours; others have to be made by somebody else. */
  #provision(claim: PersistentVolumeClaim, storage: Parameters<typeof volumeFor>[1]): void {
    const { client } = this.#context;
    const { namespace = '', name = '', annotations } = claim.metadata;
    const { provisioner } = storage;
    if (provisioner === 'kubernetes.io/no-provisioner') return;
    const asked = {
      'volume.beta.kubernetes.io/storage-provisioner': provisioner,
      'volume.kubernetes.io/storage-provisioner': provisioner,
    };
    if (!equal({ ...annotations, ...asked }, annotations)) {
      client.local.modify(CLAIMS, namespace, name, draft => {
        draft.metadata.annotations = { ...draft.metadata.annotations, ...asked };
      });
    }
    const text = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    this.#tell(claim, 'Normal', 'ExternalProvisioning', text);
    if (provisioner !== PROVISIONER) return;
    const about = referenceTo(claim, 'PersistentVolumeClaim', 'v1');
    const key = keyOf(claim);
    this.#provisioning.record(
      about,
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim "${key}"`,
    );
    const volume = client.create(VOLUMES, volumeFor(claim, storage, annotations?.[SELECTED_NODE]));
    const made = `Successfully provisioned volume ${volume.metadata.name}`;
    this.#provisioning.record(about, 'Normal', 'ProvisioningSucceeded', made);
  }

  #syncChosen(claim: PersistentVolumeClaim, name: string): void {
    const volume = this.#context.client.get(VOLUMES, '', name);
    if (!volume) return;
    if (volume.spec.claimRef === undefined) {
      const why = mismatchOf(volume, claim);
      if (why === undefined) this.#bind(volume, claim);
      else {
        const text = `Cannot bind to requested volume ${JSON.stringify(name)}: ${why}`;
        this.#tell(claim, 'Warning', 'VolumeMismatch', text);
      }
    } else if (isFor(volume, claim)) this.#bind(volume, claim);
    else {
      const text = `volume ${JSON.stringify(name)} already bound to a different claim.`;
      this.#tell(claim, 'Warning', 'FailedBinding', text);
    }
  }

  #syncBound(claim: PersistentVolumeClaim): void {
    const { client } = this.#context;
    const { volumeName = '' } = claim.spec;
    const volume = volumeName === '' ? undefined : client.get(VOLUMES, '', volumeName);
    if (volumeName === '')
      this.#lose(
        claim,
        'ClaimLost',
        'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
      );
    else if (!volume)
      this.#lose(
        claim,
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      );
    else if ((volume.spec.claimRef?.uid ?? claim.metadata.uid) !== claim.metadata.uid)
      this.#lose(
        claim,
        'ClaimMisbound',
        'Two claims are bound to the same volume, this one is bound incorrectly',
      );
    else this.#bind(this.#grown(volume, claim), claim);
  }

  /** A volume of ours grows with its claim. */
  #grown(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
    const isOurs = volume.metadata.annotations?.[PROVISIONED_BY] === PROVISIONER;
    const storage = claim.spec.resources?.requests?.['storage'];
    if (!isOurs || storage === undefined || requestOf(claim) <= capacityOf(volume)) return volume;
    return this.#context.client.update(VOLUMES, {
      ...volume,
      spec: { ...volume.spec, capacity: { storage } },
    });
  }

  #lose(claim: PersistentVolumeClaim, reason: string, message: string): void {
    if (claim.status?.phase === 'Lost') return;
    this.#context.client.updateStatus(CLAIMS, { ...claim, status: { phase: 'Lost' } });
    this.#tell(claim, 'Warning', reason, message);
  }

  #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { client, clock } = this.#context;
    const bound = bindVolume(client, volume, claim, timestamp(clock.now()));
    bindClaim(client, claim, bound);
  }

  #syncVolume(name: string): void {
    const { client } = this.#context;
    const volume = client.get(VOLUMES, '', name);
    if (!volume) return;
    const { claimRef } = volume.spec;
    if ((claimRef?.uid ?? '') === '') {
      this.#setPhase(volume, 'Available');
      return;
    }
    const claim = client.get(CLAIMS, claimRef?.namespace ?? '', claimRef?.name ?? '');
    if (claim && claim.metadata.uid === claimRef?.uid) {
      if (isBound(claim) && claim.spec.volumeName !== name) this.#unbind(volume);
      else this.#claims.add(keyOf(claim));
      return;
    }
    const { phase } = volume.status ?? {};
    const released = phase === 'Released' || phase === 'Failed' ? volume : this.#setPhase(volume, 'Released');
    this.#reclaim(released);
  }

  /** A claim has another volume: this one is free again, or goes if it was made for that claim. */
  #unbind(volume: PersistentVolume): void {
    if (volume.metadata.annotations?.[PROVISIONED_BY] === PROVISIONER) {
      this.#reclaim(this.#setPhase(volume, 'Released'));
      return;
    }
    this.#context.client.local.modify(VOLUMES, '', volume.metadata.name ?? '', draft => {
      const { claimRef: _claimRef, ...spec } = draft['spec'] as Record<string, unknown>;
      draft['spec'] = spec;
      const { [BOUND_BY_CONTROLLER]: _bound, ...annotations } = draft.metadata.annotations ?? {};
      draft.metadata.annotations = annotations;
    });
  }

  #reclaim(volume: PersistentVolume): void {
    const { metadata, spec } = volume;
    const policy = spec.persistentVolumeReclaimPolicy ?? 'Retain';
    if (policy === 'Retain' || metadata.deletionTimestamp !== undefined) return;
    if (policy === 'Delete' && metadata.annotations?.[PROVISIONED_BY] === PROVISIONER) {
      try {
        this.#context.client.local.delete(VOLUMES, '', metadata.name ?? '');
      } catch (error) {
        if (!hasCode(error, 404)) throw error;
      }
      return;
    }
    const message =
      policy === 'Delete'
        ? `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: no deletable volume plugin matched`
        : 'recycling of volumes is not simulated by mesh-harness';
    if (volume.status?.phase === 'Failed') return;
    this.#setPhase(volume, 'Failed', message);
    const reason = policy === 'Delete' ? 'VolumeFailedDelete' : 'VolumeFailedRecycle';
    this.#events.record(referenceTo(volume, 'PersistentVolume', 'v1'), 'Warning', reason, message);
  }

  #setPhase(volume: PersistentVolume, phase: string, message?: string): PersistentVolume {
    if (volume.status?.phase === phase) return volume;
    const { client, clock } = this.#context;
    const lastPhaseTransitionTime = timestamp(clock.now());
    const status = { phase, ...(message !== undefined && { message }), lastPhaseTransitionTime };
    return client.updateStatus(VOLUMES, { ...volume, status });
  }

  #tell(claim: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(referenceTo(claim, 'PersistentVolumeClaim', 'v1'), type, reason, message);
  }
}

/** Starts the controller that binds claims to volumes, and makes volumes of memory. */
export function startVolumeBinder(context: ControllerContext): Controller {
  return new VolumeBinder(context);
}
