/** The flag of the version of Kubernetes that simulated clusters are. */
import type { Command } from 'commander';
import {
  DEFAULT_KUBERNETES,
  KUBERNETES_MINORS,
  type KubernetesMinor,
} from '../../base/kubernetes-versions.ts';
import { oneOf } from '../flag-values.ts';

const readMinor = oneOf(...KUBERNETES_MINORS);

/** Adds the flag. It has no default, so that one sees whether it was given. */
export const addKubernetesFlag = (command: Command): Command =>
  command.option(
    '--kubernetes-version <minor>',
    `which Kubernetes the simulated API servers are: ${KUBERNETES_MINORS.join(', ')} (default: ${DEFAULT_KUBERNETES})`,
    // As others write it, too: v1.35.
    (value: string) => readMinor(value.replace(/^v/, '')),
  );

/** Returns the words of a command line that choose the same version. */
export const argvOfKubernetes = (minor: KubernetesMinor | undefined): readonly string[] =>
  minor === undefined ? [] : ['--kubernetes-version', minor];
