/** A creation that failed, as a message for people: its cause first. */
import { HarnessError } from '../../base/errors.ts';
import { redact } from '../../base/redact.ts';
import { causesIn, shortOutput, withoutTraces } from '../../base/telling-lines.ts';
import type { ClusterName } from '../../model/names.ts';
import { withoutNoise } from './kind-words.ts';

/** How `kind create cluster` ended without a cluster. */
export interface FailedCreation {
  readonly cluster: ClusterName;
  /** To paste into a shell. */
  readonly line: string;
  /** `ended with exit code 1`. */
  readonly how: string;
  /** kind ended by itself, so what it says last is why. */
  readonly endedByItself: boolean;
  /** All its output. */
  readonly said: string;
}

/** What is known besides kind's words. */
interface Circumstances {
  /** Why the nodes' kubelets ended. */
  readonly kubelets: readonly string[];
  /** It is the second try, after one that missed kubeadm's deadline. */
  readonly isSecond?: boolean;
}

const sentence = (...parts: readonly string[]) => parts.join(' ');

/** What a cause asks for, the first that fits. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /not run on a host using cgroup v1/,
    sentence(
      'Kubelets from Kubernetes 1.35 on refuse cgroup v1: boot this machine with cgroup v2',
      '(systemd.unified_cgroup_hierarchy=1), or take a node image of Kubernetes 1.34 or older.',
    ),
  ],
  [
    /apply caps: operation not permitted/,
    sentence(
      'A node is a privileged container, which gets every capability that the kernel knows, and this engine',
      'has not all of them to give: mesh-harness doctor --platform kind names those that are missing.',
    ),
  ],
  [/too many open files/i, 'sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288'],
  [/no space left on device/i, 'docker system prune frees space on the disk.'],
];
const LATE = sentence(
  'kubeadm waits a minute for the first answer of an API server:',
  'close other programs, or give Docker more processors.',
);
const DEFAULT = 'mesh-harness doctor --platform kind says what this machine lacks.';

/** kubeadm's waits for a kubelet and for the parts of a control plane: what is later has another cause. */
const FOUR_MINUTES = /The HTTP call equal to|failed while waiting for/;
const LATE_CALLS: readonly RegExp[] = [
  /client rate limiter Wait/,
  /could not bootstrap the admin user.*(?:deadline exceeded|timed out)/,
  /error execution phase .*(?:deadline exceeded|TLS handshake timeout|etcdserver: request timed out)/,
  /error execution phase .*Client\.Timeout exceeded/,
];

/**
 * Tells whether kubeadm gave up because an API server did not answer in time, as happens on a busy machine.
 * kubeadm gives its calls a minute (`timeouts.kubernetesAPICall`), and the first comes right after the
 * kubelet's start.
 */
export function missedDeadline({ said, endedByItself }: FailedCreation): boolean {
  if (!endedByItself) return false;
  const words = withoutTraces(said).filter(line => !FOUR_MINUTES.test(line));
  const isKubeadm = words.some(line =>
    /could not bootstrap the admin user|error execution phase /.test(line),
  );
  return isKubeadm && words.some(line => LATE_CALLS.some(pattern => pattern.test(line)));
}

/**
 * Says why a cluster was not created: the kubelets' causes or kind's, the line to paste, the lines that tell
 * something, and where all of it is.
 */
export function creationError(failure: FailedCreation, { kubelets, isSecond }: Circumstances): HarnessError {
  const { cluster, line, how, endedByItself, said } = failure;
  // What a program said before it was ended is how far it got, not why.
  const causes = endedByItself ? [...kubelets, ...causesIn(said)] : kubelets;
  const firstLog = isSecond ? `, of the first try in kind/${cluster}.1.log` : '';
  const message = [
    [`kind could not create ${cluster}`, ...causes.slice(0, 1)].join(': '),
    ...causes.slice(1),
    `${line} ${how}${isSecond ? ', and so did the first try' : ''}.`,
    shortOutput(withoutNoise(said), causes),
    `All that kind said is in kind/${cluster}.log of the diagnostics${firstLog}.`,
  ];
  const advice = ADVICE.find(([pattern]) => pattern.test([...kubelets, said].join('\n')))?.[1];
  return new HarnessError('ERR_PLATFORM_NOT_READY', redact(message.filter(part => part !== '').join('\n')), {
    hint: advice ?? (missedDeadline(failure) ? LATE : DEFAULT),
  });
}
