/** The defaults of HorizontalPodAutoscalers (pkg/apis/autoscaling/v2/defaults.go @v1.34). */
import { child, fill } from './fill.ts';
import { isObject, type JsonObject, type KubernetesObject, objectsOf } from './json.ts';

const PERIOD_SECONDS = 15;

const cpuMetric = (): JsonObject => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
});

const policy = (type: string, value: number): JsonObject => ({ type, value, periodSeconds: PERIOD_SECONDS });

/** Sets what the rules for a direction do not say. */
function defaultRules(rules: JsonObject, policies: readonly JsonObject[], window?: number): void {
  fill(rules, { ...(window !== undefined && { stabilizationWindowSeconds: window }), selectPolicy: 'Max' });
  fill(rules, { policies: [...policies] });
}

/** Fills in an autoscaler; behavior only where there is any. */
export function defaultAutoscaler(autoscaler: KubernetesObject): void {
  const spec = child(autoscaler, 'spec');
  fill(spec, { minReplicas: 1 });
  if (objectsOf(spec['metrics']).length === 0) spec['metrics'] = [cpuMetric()];
  const { behavior } = spec;
  if (!isObject(behavior)) return;
  defaultRules(child(behavior, 'scaleUp'), [policy('Pods', 4), policy('Percent', 100)], 0);
  defaultRules(child(behavior, 'scaleDown'), [policy('Percent', 100)]);
}
