/** Rule: an IstioOperator has a field that the release does not know. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { EditionName } from '../../../model/east-west-gateway.ts';
import { documentsOf, type GuideDocument, keysOf, lineSpan, parseYaml } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { type FieldTree, fieldOf, isList, operatorFields } from '../tables/tables.ts';
import { isTemplate } from './broken-yaml.ts';

/** The rule `unknown-field`. */
export const unknownField: Rule = {
  id: 'unknown-field',
  severity: 'error',
  sentence: 'An IstioOperator has a field that the release does not know.',
  because:
    'istioctl reads an IstioOperator strictly (istio/istio operator/pkg/apis, validate): it refuses a ' +
    'field that the release does not know. The table lists the fields of the spec and of its values.',
  example: {
    bad:
      '$ cat <<EOF > c.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      netwrk: n\nEOF\n$ ' +
      'istioctl install -y -f c.yaml',
    good:
      '$ cat <<EOF > c.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      network: n\nEOF\n$ ' +
      'istioctl install -y -f c.yaml',
  },
  find: ({ traces, edition }) =>
    traces.flatMap(trace => documentsOf(trace).flatMap(each => findIn(each, edition))),
};

function findIn(document: GuideDocument, edition: EditionName): readonly RuleFinding[] {
  const { text } = document.content;
  if (isTemplate(document) || !/^kind:\s*IstioOperator\s*$/m.test(text)) return [];
  // Several documents in one text: their keys would be mixed up.
  const result = parseYaml(text);
  if (!('values' in result) || result.values.length !== 1) return [];
  return keysOf(text).flatMap(({ path, line }) => {
    const [head, ...fields] = path.split('\n');
    if (head !== 'spec') return [];
    const unknown = firstUnknown(operatorFields(edition), fields);
    if (!unknown || unknown.depth !== fields.length - 1) return [];
    const name = fields.join('.');
    const meant = didYouMean(fields.at(-1) ?? '', unknown.known);
    return [
      {
        page: document.page,
        span: lineSpan(document, line),
        message: `The release has no field spec.${name}.${meant === undefined ? '' : ` ${meant}`}`,
        wouldHappen: 'istioctl refuses the document (unknown field), or heeds nothing of the field.',
      },
    ];
  });
}

/** Goes down the tree; `any` takes every field. */
function firstUnknown(
  tree: FieldTree,
  fields: readonly string[],
): { readonly depth: number; readonly known: readonly string[] } | undefined {
  let at = tree;
  for (const [depth, field] of fields.entries()) {
    while (isList(at)) at = at[0];
    if (typeof at === 'string') return undefined;
    const next = fieldOf(at, field);
    if (next === undefined) return { depth, known: Object.keys(at) };
    at = next;
  }
  return undefined;
}
