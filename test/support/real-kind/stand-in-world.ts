/** What stands in for kind, set up for the same questions as the real one. */
import { join } from 'node:path';
import type { Test } from 'tap';
import { kindWorld } from '../kind-world.ts';
import type { CreationFailure } from '../stand-ins/calls.ts';
import { twoClusters } from '../topologies.ts';
import type { AskedKind } from './kind-answers.ts';
import { kubeadmGivesUp, type Trial } from './node-programs.ts';
import type { Question } from './questions.ts';
import { networkFor, writeArchives } from './real-world.ts';

/** @param runId - its clusters are named by it */
export async function standInKind(t: Test, runId: string): Promise<AskedKind> {
  const folder = join(t.testdir(), 'asked');
  writeArchives(folder);
  const world = await kindWorld(join(t.testdirName, 'world'), twoClusters(['network1', 'network2']));
  t.teardown(() => world[Symbol.asyncDispose]());
  const failureOf = ({ config }: Question): CreationFailure | undefined =>
    config && 'trial' in config ? failure(config.trial, `mh-${runId}-${config.cluster}`) : undefined;
  return {
    file: join(world.path.split(':')[0] ?? '', 'kind'),
    folder,
    runId,
    path: `${world.path}:${process.env['PATH'] ?? ''}`,
    network: networkFor(t, `mh-${runId}-network1`),
    image: () => 'mesh-harness-test:stand-in',
    before: question => {
      const how = failureOf(question);
      world.hub.faults = how
        ? [{ program: 'kind', when: 'create cluster', how: { kind: 'fail-at', failure: how } }]
        : [];
    },
  };
}

/** How the stand-in is told what an image tells the real one. */
function failure(trial: Trial, cluster: string): CreationFailure | undefined {
  switch (trial) {
    case 'kubeadm-gives-up':
    case 'kubelet-refuses':
      return { at: 'kubeadm init', output: kubeadmGivesUp(`${cluster}-control-plane`) };
    case 'join-fails':
      return { at: 'kubeadm join', output: kubeadmGivesUp(`${cluster}-worker`) };
    case 'node-ends':
      return { at: 'node ends' };
    default:
      return undefined;
  }
}
