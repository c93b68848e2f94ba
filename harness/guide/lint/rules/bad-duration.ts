/** Rule: a duration has no unit. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

const FLAGS: ReadonlySet<string> = new Set([
  'timeout',
  'readiness-timeout',
  'request-timeout',
  'pod-running-timeout',
]);

/** The rule `bad-duration`. */
export const badDuration: Rule = {
  id: 'bad-duration',
  severity: 'error',
  sentence: 'A duration has no unit.',
  because:
    'kubectl, istioctl and helm read durations as Go does: 180s, 3m (time.ParseDuration: missing ' +
    'unit in duration). Only --request-timeout takes a number of seconds.',
  example: {
    bad: '$ kubectl wait --for=condition=Available deployment/web --timeout=180',
    good: '$ kubectl wait --for=condition=Available deployment/web --timeout=180s',
  },
  find: input =>
    findInCalls(input, ({ tool, version, flags }) =>
      version === undefined
        ? []
        : flags.flatMap(({ name, value }) =>
            !value || name === 'request-timeout' || !FLAGS.has(name) || !/^-?[1-9]\d*$/.test(value.text)
              ? []
              : [
                  {
                    span: value.span,
                    message: `${value.text} is no duration: a unit is missing, as in ${value.text}s.`,
                    wouldHappen: `${tool} refuses it: time: missing unit in duration "${value.text}".`,
                  },
                ],
          ),
    ),
};
