/** `kubectl exec`. Kubernetes: kubectl pkg/cmd/exec. */
import { type ExecOutcome, KubernetesApiError } from '../../../base/kubernetes-client.ts';
import { type Invocation, ToolExit } from '../invocation.ts';
import { containerOf, type Pod, podOf } from './pods.ts';
import { type Call, usage, type Verb } from './verb.ts';

/** Runs a command in a container; its exit code is the verb's. */
export const exec: Verb = {
  flags: {
    container: { type: 'text', short: 'c' },
    stdin: { type: 'boolean', short: 'i' },
    tty: { type: 'boolean', short: 't' },
    quiet: { type: 'boolean', short: 'q' },
    'pod-running-timeout': { type: 'duration' },
  },
  async run(call) {
    const { flags, invocation, client, namespace, signal } = call;
    const { word, command } = readArguments(call);
    const pod = await podOf(call, word);
    const name = pod.metadata.name ?? '';
    refuseCompleted(pod);
    const container = containerOf(call, pod);
    if (flags.boolean('tty'))
      invocation.stderr('Unable to use a TTY - input is not a terminal or the right kind of file\n');
    try {
      const outcome = await client.exec(pod.metadata.namespace ?? namespace, name, container, command, {
        signal,
        ...(flags.boolean('stdin') && { stdin: invocation.stdin ?? '' }),
      });
      return tell(outcome, invocation);
    } catch (error) {
      signal.throwIfAborted();
      // An error of the container runtime has the code 500. It comes over the stream, not as the answer to a
      // request.
      if (error instanceof KubernetesApiError && error.code === 500)
        throw new ToolExit(`error: ${error.message}`);
      throw error;
    }
  },
};

/** Parts the word for a pod from the command. @throws ToolExit if one of them is missing */
function readArguments({ flags, args }: Call): {
  readonly word: string;
  readonly command: readonly string[];
} {
  const command = flags.afterDash ?? [];
  const before = args.slice(0, args.length - command.length);
  const [word = ''] = before;
  // `"$(kubectl get pod -o jsonpath=…)"` gives an empty name when there is no pod (kubectl
  // pkg/cmd/exec/exec.go, Validate).
  if (word === '') throw new ToolExit('error: pod, type/name or --filename must be specified');
  if (before.length > 1)
    throw usage('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead', 'exec');
  if (command.length === 0)
    throw new ToolExit('error: you must specify at least one command for the container');
  return { word, command };
}

/** @throws ToolExit if the pod has no containers that run */
function refuseCompleted({ status }: Pod): void {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed')
    throw new ToolExit(
      `error: cannot exec into a container in a completed pod; current phase is ${status.phase}`,
    );
}

/** Passes on what the command wrote. @returns its exit code, of which kubectl tells unless it is 0 */
function tell({ exitCode, stdout, stderr }: ExecOutcome, invocation: Invocation): number {
  invocation.stdout(stdout);
  invocation.stderr(stderr);
  if (exitCode !== 0) invocation.stderr(`command terminated with exit code ${exitCode}\n`);
  return exitCode;
}
