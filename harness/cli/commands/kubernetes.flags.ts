/** The flag of the version of Kubernetes that simulated clusters are. */
import type { Command } from 'commander';
import {
  DEFAULT_KUBERNETES,
  KUBERNETES_MINORS,
  type KubernetesMinor,
} from '../../base/kubernetes-versions.ts';
import { oneOf } from '../flag-values.ts';

/** Adds the flag. It has no default, so that one sees whether it was given. */
export const addKubernetesFlag = (command: Command): Command =>
  command.option(
    '--kubernetes-version <minor>',
    `which Kubernetes the simulated API servers are: ${KUBERNETES_MINORS.join(', ')} (default: ${DEFAULT_KUBERNETES})`,
    oneOf(...KUBERNETES_MINORS),
  );

/** Returns the words of a command line that choose the same version. */
export const argvOfKubernetes = (minor: KubernetesMinor | undefined): readonly string[] =>
  minor === undefined ? [] : ['--kubernetes-version', minor];
