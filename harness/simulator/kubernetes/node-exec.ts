/** Runs a program in a container past the API server, as `crictl exec` does on the pod's node. */
import { Writable } from 'node:stream';
import type { ExecOutcome } from '../../base/api-client.ts';
import type { KubeletApi } from './kubelet-api.ts';
import { type KubernetesObject, listOf, objectOf } from './registry/json.ts';

/** What is run, and in which container. */
interface NodeExec {
  /** The pod's label. */
  readonly app: string;
  readonly container: string;
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
}

/** @returns undefined if no container of these pods runs */
export async function execOnNode(
  pods: readonly KubernetesObject[],
  kubelets: KubeletApi,
  { app, container, argv, signal }: NodeExec,
): Promise<ExecOutcome | undefined> {
  const labelled = pods.filter(({ metadata }) => metadata.labels?.['app'] === app);
  for (const pod of [...labelled.filter(isReady), ...labelled.filter(each => !isReady(each))]) {
    const stdout = new Text();
    const stderr = new Text();
    const end = await kubelets.exec(pod, container, argv, { stdout, stderr, tty: false }, signal);
    if (end.kind === 'exited') return { exitCode: end.exitCode, stdout: stdout.text, stderr: stderr.text };
  }
  return undefined;
}

const isReady = ({ status }: KubernetesObject): boolean =>
  listOf(objectOf(status)['conditions'])
    .map(objectOf)
    .some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** Keeps what is written. */
class Text extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
