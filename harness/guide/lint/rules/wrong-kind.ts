/** Rule: istioctl install is given a document that is no IstioOperator. */
import { documentsReadBy, type GuideDocument, lineSpan } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { isTemplate } from './broken-yaml.ts';

const EXPECTED: Readonly<Record<string, RegExp>> = {
  kind: /^["']?IstioOperator["']?$/,
  apiVersion: /^["']?install\.istio\.io\/v1alpha1["']?$/,
};

/** The rule `wrong-kind`. */
export const wrongKind: Rule = {
  id: 'wrong-kind',
  severity: 'error',
  sentence: 'istioctl install is given a document of another kind or version than it reads.',
  because:
    'istioctl install reads documents of kind IstioOperator and of install.istio.io/v1alpha1, in 1.8 ' +
    'as in later releases (istio/istio operator/pkg/apis).',
  example: {
    bad:
      '$ cat <<EOF > c.yaml\napiVersion: install.istio.io/v1\nkind: IstioOperator\nEOF\n$ istioctl ' +
      'install -y -f c.yaml',
    good:
      '$ cat <<EOF > c.yaml\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nEOF\n$ ' +
      'istioctl install -y -f c.yaml',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== 'istioctl' || !/^(install|upgrade|manifest )/.test(call.command)) return [];
      return documentsReadBy(trace, call).flatMap(findIn);
    }),
};

function findIn(document: GuideDocument): readonly RuleFinding[] {
  if (isTemplate(document)) return [];
  return document.content.text.split('\n').flatMap((line, index): readonly RuleFinding[] => {
    const [, key = '', value = ''] = /^(kind|apiVersion):\s*(.*?)\s*(?:#.*)?$/.exec(line) ?? [];
    if (key === '' || EXPECTED[key]?.test(value) || value.includes('$')) return [];
    return [
      {
        page: document.page,
        span: lineSpan(document, index),
        message: `istioctl reads no ${key} ${value}.`,
        wouldHappen:
          'istioctl refuses the document, or installs its default profile as if it were not there.',
      },
    ];
  });
}
