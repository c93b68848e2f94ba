/**
 * The validation webhook: refuses Istio resources that could not mean anything
 * (pkg/config/validation/validation.go).
 */

import { tree } from '../../../../base/untyped.ts';
import { knownFields } from '../../registry/known-fields.ts';
import type { Edition } from '../../registry/names.ts';
import { problemsOf } from '../model/resource-problems.ts';

type Tree = ReturnType<typeof tree>;

/** What else is said of an object that is valid. */
interface Advice {
  readonly warnings: readonly string[];
  /** Why it is refused all the same; undefined: it is not. */
  readonly refusal?: string | undefined;
}

/**
 * Reviews a write.
 * @param advise - what of an object is to be warned of, and whether it is taken
 * @param edition - whose fields count; others say nothing
 * @returns the AdmissionReview with its response
 */
export function reviewValidation(
  value: unknown,
  advise: (object: Tree) => Advice,
  edition: Edition = 'current',
): Tree {
  const review = tree(value);
  const asked = tree(review['request']);
  const object = tree(asked['object']);
  const kind = String(tree(asked['kind'])['kind'] ?? object['kind'] ?? '');
  const problems = problemsOf(kind, tree(knownFields(edition, kind, object['spec'])));
  const advice = advise(object);
  const refusals = [problems.length > 0 ? refusalOf(problems) : undefined, advice.refusal];
  const refusal = refusals.filter(each => each !== undefined).join('; ') || undefined;
  const warnings = refusal === undefined ? advice.warnings : [];
  return {
    apiVersion: review['apiVersion'] ?? 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: asked['uid'] ?? '',
      allowed: refusal === undefined,
      ...(warnings.length > 0 && { warnings }),
      ...(refusal !== undefined && { status: { status: 'Failure', code: 400, message: refusal } }),
    },
  };
}

function refusalOf(problems: readonly string[]): string {
  const several = problems.length === 1 ? '' : `${problems.length} errors occurred: `;
  return `configuration is invalid: ${several}${problems.join(', ')}`;
}
