/** `kubectl exec`. Kubernetes: kubectl pkg/cmd/exec. */
import { KubernetesApiError } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { containerOf, podOf } from './pods.ts';
import type { Verb } from './verb.ts';

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
    const { flags, invocation, client, namespace, signal, args } = call;
    const command = flags.afterDash ?? [];
    const before = args.slice(0, args.length - command.length);
    // `"$(kubectl get pod -o jsonpath=…)"` gives an empty name when there is no pod (kubectl
    // pkg/cmd/exec/exec.go, Validate).
    if (before.length === 0 || before[0] === '') {
      throw new ToolExit('error: pod, type/name or --filename must be specified');
    }
    if (before.length > 1) {
      throw new ToolExit(
        "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
      );
    }
    if (command.length === 0)
      throw new ToolExit('error: you must specify at least one command for the container');
    const pod = await podOf(call, before[0] ?? '');
    const name = pod.metadata.name ?? '';
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      throw new ToolExit(
        `error: cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`,
      );
    }
    const container = containerOf(call, pod);
    if (flags.boolean('tty'))
      invocation.stderr('Unable to use a TTY - input is not a terminal or the right kind of file\n');
    try {
      const outcome = await client.exec(pod.metadata.namespace ?? namespace, name, container, command, {
        signal,
        ...(flags.boolean('stdin') && { stdin: invocation.stdin ?? '' }),
      });
      invocation.stdout(outcome.stdout);
      invocation.stderr(outcome.stderr);
      if (outcome.exitCode !== 0) {
        invocation.stderr(`command terminated with exit code ${outcome.exitCode}\n`);
      }
      return outcome.exitCode;
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
