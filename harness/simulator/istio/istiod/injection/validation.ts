/**
 * The validation webhook: refuses Istio resources that could not mean anything
 * (pkg/config/validation/validation.go).
 */

import { tree } from '../../../../base/untyped.ts';
import { knownFields } from '../../registry/known-fields.ts';
import type { Edition } from '../../registry/names.ts';
import { refusalOf, validate } from '../validation/validate.ts';

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
  const metadata = tree(object['metadata']);
  const namespace = String(metadata['namespace'] ?? asked['namespace'] ?? '');
  const name = String(metadata['name'] ?? asked['name'] ?? '');
  const spec = knownFields(edition, kind, object['spec']);
  const found = validate(edition, kind, spec, { name, namespace });
  const advice = advise(object);
  const refusals = [refusalOf(found), advice.refusal];
  const refusal = refusals.filter(each => each !== undefined).join('; ') || undefined;
  const warnings = refusal === undefined ? [...found.warnings, ...advice.warnings] : [];
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
