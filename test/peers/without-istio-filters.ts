/** A plan whose istiod does without the filter that an Envoy of another build than Istio's does not have. */
import type { Plan } from '../../harness/plan/step.ts';

const SETTING = "    pilot:\n      env:\n        PILOT_ENABLE_ALPN_FILTER: 'false'\n";

/** @returns the plan with the setting in every document that istioctl installs */
export const withoutIstioFilters = (plan: Plan): Plan => ({
  ...plan,
  steps: plan.steps.map(step => ({
    ...step,
    files: step.files.map(file => ({
      ...file,
      content: file.content.replace('  values:\n', `  values:\n${SETTING}`),
    })),
  })),
});
