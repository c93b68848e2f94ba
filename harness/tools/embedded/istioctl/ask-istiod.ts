/**
 * Asks the istiods of a cluster for a debug page, from inside their containers, as `istioctl x
 * internal-debug` does.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { type Call, ISTIO_NAMESPACE } from './verb.ts';

/** What an istiod says. */
export interface Answer {
  /** The pod that answered. */
  readonly istiod: string;
  readonly page: unknown;
}

/** An istiod that has no such page, or does not answer. */
export class RefusedPage extends ToolExit {
  /** What it said. */
  readonly body: string;

  constructor(istiod: string, said: string) {
    super(`Error: unable to query ${istiod}: ${said}`);
    this.body = said.replace(/^Error: received unexpected status code \d+: /, '');
  }
}

/**
 * @param path - `/debug/syncz`
 * @param missing - what is said where no istiod is running
 * @throws ToolExit if so, or if one refuses
 */
export async function askIstiod(
  { client, flags, signal }: Call,
  path: string,
  missing = `no running Istio pods in "${ISTIO_NAMESPACE}"`,
): Promise<readonly Answer[]> {
  const pods = await client.list(
    { apiVersion: 'v1', plural: 'pods', namespace: ISTIO_NAMESPACE },
    { labelSelector: `app=istiod${ofRevision(flags)}`, fieldSelector: 'status.phase=Running' },
    signal,
  );
  if (pods.items.length === 0) throw new ToolExit(`Error: ${missing}`);
  const answers: Answer[] = [];
  for (const pod of pods.items) answers.push(await askOne(client, pod, path, signal));
  return answers;
}

/** With `--revision`, only istiods of that one are asked. */
export function ofRevision(flags: Call['flags']): string {
  const revision = flags.text('revision') ?? '';
  return revision === '' ? '' : `,istio.io/rev=${revision}`;
}

async function askOne(
  client: Call['client'],
  { metadata }: KubernetesObject,
  path: string,
  signal: AbortSignal,
): Promise<Answer> {
  const istiod = metadata.name ?? '';
  const argv = ['pilot-discovery', 'request', 'GET', path];
  const { exitCode, stdout, stderr } = await client.exec(ISTIO_NAMESPACE, istiod, 'discovery', argv, {
    signal,
  });
  if (exitCode !== 0) throw new RefusedPage(istiod, stderr.trim());
  return { istiod, page: JSON.parse(stdout) };
}

/**
 * Aligns columns as Go's tabwriter does: each as wide as its widest cell and `padding` blanks; nothing after
 * the last.
 */
export function columns(rows: readonly (readonly string[])[], padding = 5): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length)),
  );
  return rows
    .map(row =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd((widths[at] ?? 0) + padding)))
        .join(''),
    )
    .map(line => `${line}\n`)
    .join('');
}
