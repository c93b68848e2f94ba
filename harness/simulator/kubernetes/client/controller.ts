/** The context and interface that all controllers share. */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { EventRecorder } from './event-recorder.ts';
import { LocalClusterClient } from './local-cluster-client.ts';
import type { Component } from './supervisor.ts';
import type { TypedClient } from './typed.ts';

/** What each controller gets at its start. */
export interface ControllerContext {
  /** The component that this controller works in, with its work queues. */
  readonly component: Component;
  /** Counts the controller's writes, and catches what its subscribers throw. */
  readonly client: TypedClient;
  /** The component's: catches what timers throw. */
  readonly clock: Clock;
  /** A stream that belongs to this controller. */
  readonly random: Random;
}

/** A part of the cluster that works from its start until it is stopped. */
export interface Controller {
  stop(): void;
}

/** Makes the recorder of a controller's events. @param source - the name that they show */
export function eventRecorder(
  { component, client, clock }: Omit<ControllerContext, 'random'>,
  source: string,
): EventRecorder {
  return new EventRecorder({
    client: new LocalClusterClient(client),
    clock,
    source,
    onError: (subject, error) => component.failed(subject, error),
  });
}

/** Stops a list of things, the last one first. */
export function stopAll(stops: readonly (() => void)[]): void {
  for (const stop of [...stops].reverse()) stop();
}
