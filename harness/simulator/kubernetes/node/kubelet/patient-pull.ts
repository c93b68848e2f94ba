/** Gets a container's image, however long it takes: reports each failure, and waits longer after it. */
import { type Clock, sleep } from '../../../../base/clock.ts';
import type { Container } from '../../client/kinds.ts';
import type { Backoff } from './backoff.ts';
import { ImageError, type ImagePuller, type PulledImage } from './image-puller.ts';

/**
 * How soon the kubelet comes by again where nothing was tried that one could back off from
 * (kubernetes/kubernetes pkg/kubelet/pod_workers.go).
 */
export const RETRY_MS = 10_000;
/** How long ErrImagePull stands before it becomes ImagePullBackOff. */
const FIRST_SYNC_MS = 1_000;

/** The puller of an image, and the callbacks for its progress. */
export interface PullOptions {
  readonly images: ImagePuller;
  /** Of this container: counts the failures in a row. */
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Hears why the container waits now. */
  onWaiting(waiting: { readonly reason: string; readonly message: string }): void;
}

/** Pulls a container's image, trying until it succeeds. @throws the signal's reason */
export async function pullPatiently(
  { image: reference, imagePullPolicy: policy = 'IfNotPresent' }: Container,
  { images, backoff, clock, signal, event, onWaiting }: PullOptions,
): Promise<PulledImage> {
  let failure: ImageError | undefined;
  for (;;) {
    const delayMs = backoff.next();
    if (delayMs > 0 && failure) {
      event('Normal', 'BackOff', `Back-off pulling image "${reference}"`);
      event('Warning', 'Failed', 'Error: ImagePullBackOff');
      const message = `Back-off pulling image "${reference}": ErrImagePull: ${failure.message}`;
      onWaiting({ reason: 'ImagePullBackOff', message });
      await sleep(clock, delayMs, signal);
    }
    try {
      if (policy !== 'Never' && images.needsPull(reference, policy)) {
        event('Normal', 'Pulling', `Pulling image "${reference}"`);
      }
      const pulled = await images.pull(reference, policy, signal);
      const { pullMs } = pulled;
      event(
        'Normal',
        'Pulled',
        pullMs === undefined
          ? `Container image "${reference}" already present on machine`
          : `Successfully pulled image "${reference}" in ${goDuration(pullMs)} (${goDuration(pullMs)} including waiting)`,
      );
      backoff.reset();
      return pulled;
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      failure = error;
      const { reason, message } = error;
      const isPull = reason === 'ErrImagePull';
      event('Warning', 'Failed', isPull ? `Failed to pull image "${reference}": ${message}` : message);
      event('Warning', 'Failed', `Error: ${reason}`);
      onWaiting({ reason, message });
      if (!isPull) backoff.reset();
      await sleep(clock, isPull ? FIRST_SYNC_MS : RETRY_MS, signal);
    }
  }
}

/** Writes a duration as Go prints it: `997ms`, `1.134s`. */
const goDuration = (ms: number): string => (ms < 1000 ? `${ms}ms` : `${ms / 1000}s`);
