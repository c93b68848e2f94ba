/** istiod as the API server calls it: the webhooks of injection and validation. */
import type http from 'node:http';
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { readText } from '../read-text.ts';
import type { ControlPlane } from './control-plane.ts';
import { reviewInjection } from './injection/injector.ts';
import { reviewValidation } from './injection/validation.ts';
import { notSimulatedIn, securityRefusal } from './model/not-simulated.ts';
import type { IstiodSettings } from './model/settings.ts';
import { answer, answerJson } from './serve/serve.ts';
import { minorOf } from './watch/kubelet-version.ts';

/** Kubernetes keeps init containers running from 1.33 on (restartPolicy Always, general availability). */
const FIRST_MINOR_WITH_NATIVE_SIDECARS = 33;

/** What reviews are answered from. */
interface ReviewSources {
  readonly settings: IstiodSettings;
  readonly plane: ControlPlane;
}

/** Answers an AdmissionReview at `/inject…` or `/validate…`. Never rejects: every failure is an answer. */
export async function answerReview(
  sources: ReviewSources,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { settings, plane } = sources;
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  try {
    if (path === '/httpsReady') {
      answer(response, 200, '', 'text/plain');
      return;
    }
    const review: unknown = JSON.parse(await readText(request));
    if (path === '/inject' || path.startsWith('/inject/')) {
      plane.metrics.add('sidecar_injection_requests_total');
      const config = plane.injector;
      if (!config) throw new Error('the injector has no configuration');
      const reviewed = reviewInjection({
        behaviour: settings.behaviour,
        revision: settings.revision,
        config,
        mesh: plane.state.mesh,
        path,
        review,
        hasNativeSidecars: clusterId =>
          minorOf(plane.kubeletVersion(clusterId)) >= FIRST_MINOR_WITH_NATIVE_SIDECARS,
      });
      plane.metrics.add('sidecar_injection_success_total');
      answerJson(response, 200, reviewed);
    } else if (path === '/validate' || path.startsWith('/validate/'))
      answerJson(response, 200, reviewValidation(review, adviseFor(sources), settings.behaviour.line));
    else answerJson(response, 404, { message: `there is no ${path}` });
  } catch (error) {
    plane.metrics.add('sidecar_injection_failure_total');
    answer(response, 400, `could not decode body: ${messageOf(error)}\n`, 'text/plain');
  }
}

/** Tells who writes a resource what of it is not simulated, and refuses what would protect nothing. */
const adviseFor =
  ({ settings: { allowsNotSimulated, behaviour, domain } }: ReviewSources) =>
  (value: Readonly<Record<string, unknown>>) => {
    const object = value as unknown as KubernetesObject; // as the API server validated it
    const warnings = object.metadata ? notSimulatedIn(object, domain, behaviour.line) : [];
    const refusal = allowsNotSimulated ? undefined : securityRefusal(object, warnings);
    return refusal === undefined ? { warnings } : { warnings: [], refusal };
  };
