/** Rule: kubectl is asked for a format of output that it does not have. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { flagValue } from '../words.ts';

/** k8s.io/cli-runtime pkg/genericclioptions: the printers' allowed formats, with those of kubectl get. */
const FORMATS: readonly string[] = [
  ...['json', 'yaml', 'kyaml', 'name', 'wide', 'custom-columns', 'custom-columns-file'],
  ...['go-template', 'go-template-file', 'template', 'templatefile'],
  ...['jsonpath', 'jsonpath-as-json', 'jsonpath-file'],
];
const PRINTS = /^(get|apply|create|patch|label|annotate|scale|expose|run|replace)\b/;

/** The rule `unknown-output`. */
export const unknownOutput: Rule = {
  id: 'unknown-output',
  severity: 'error',
  sentence: 'kubectl is asked for a format of output that it does not have.',
  because:
    'kubectl answers: unable to match a printer suitable for the output format (k8s.io/cli-runtime ' +
    'pkg/genericclioptions).',
  example: { bad: '$ kubectl get pods --output=jsn', good: '$ kubectl get pods --output=json' },
  find: input =>
    findInCalls(input, call => {
      const value = flagValue(call, 'output');
      const name = value?.text.split('=')[0] ?? '';
      if (call.tool !== 'kubectl' || !PRINTS.test(call.command)) return [];
      if (!value?.isExact || value.uses.length > 0 || !/^[a-z-]+$/.test(name) || FORMATS.includes(name))
        return [];
      const meant = didYouMean(name, FORMATS);
      return [
        {
          span: value.span,
          message: `kubectl has no format of output ${name}.${meant === undefined ? '' : ` ${meant}`}`,
          wouldHappen: `error: unable to match a printer suitable for the output format "${name}".`,
        },
      ];
    }),
};
