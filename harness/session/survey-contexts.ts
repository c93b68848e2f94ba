/** Reads the mesh of clusters that are there, by their contexts. */
import { READ_MS } from '../base/answer-deadline.ts';
import { systemClock } from '../base/clock.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { KubernetesClient } from '../base/kubernetes-client.ts';
import { redact } from '../base/redact.ts';
import type { ExistingContext } from '../platform/existing/contexts.ts';
import { type Survey, surveyMesh } from '../verify/survey/survey.ts';

/**
 * Surveys clusters; writes nothing.
 * @throws HarnessError ERR_KUBERNETES_API if one does not answer or does not tell the least that is needed;
 *   ERR_USAGE if two contexts lead to one cluster
 */
export async function surveyContexts(
  clusters: readonly ExistingContext[],
  signal: AbortSignal,
): Promise<Survey> {
  const contexts = clusters.map(({ context }) => context);
  const limit = { clock: systemClock, readMs: READ_MS };
  const clients = new Map(
    clusters.map(({ cluster, kubeconfig }) => {
      const client = new KubernetesClient(kubeconfig, { limit });
      return [cluster as string, client] as const;
    }),
  );
  let survey: Survey;
  try {
    survey = await surveyMesh(clients, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new HarnessError('ERR_KUBERNETES_API', redact(`The mesh cannot be read: ${messageOf(error)}`), {
      hint: `Does kubectl get pods -A work with ${contexts.join(', ')}?`,
      cause: error,
    });
  } finally {
    for (const client of clients.values()) client.close();
  }
  const [twice] = survey.same;
  if (!twice) return survey;
  throw new HarnessError('ERR_USAGE', `${twice.join(' and ')} are one and the same cluster.`, {
    hint: 'Name a context of its own for each cluster.',
  });
}
