/**
 * What may still be said of the node of a pod whose scheduling is held up
 * (pkg/apis/core/validation/validation.go @v1.34: ValidatePodUpdate, validateNodeSelectorMutation,
 * validateNodeAffinityMutation).
 */
import { type FieldError, invalidValue } from '../../field-errors.ts';
import { equal, isObject, type JsonObject, objectOf, objectsOf, stringsOf } from '../../json.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const LISTS = ['matchExpressions', 'matchFields'] as const;

/** Tells whether scheduling waits for the gates of a pod. */
export const isGated = (spec: JsonObject): boolean => objectsOf(spec['schedulingGates']).length > 0;

const nodeAffinityOf = (spec: JsonObject): JsonObject => objectOf(objectOf(spec['affinity'])['nodeAffinity']);
const termsOf = (spec: JsonObject): readonly JsonObject[] =>
  objectsOf(objectOf(nodeAffinityOf(spec)[REQUIRED])['nodeSelectorTerms']);

/** Finds what an update takes away: nodes may only become fewer. */
export function changesOfNode(after: JsonObject, before: JsonObject): FieldError[] {
  return [...changesOfSelector(after, before), ...changesOfAffinity(after, before)];
}

function changesOfSelector(after: JsonObject, before: JsonObject): FieldError[] {
  const selector = stringsOf(after['nodeSelector']);
  const isKept = Object.entries(stringsOf(before['nodeSelector'])).every(
    ([key, value]) => selector[key] === value,
  );
  const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return isKept ? [] : [invalidValue('spec.nodeSelector', selector, text)];
}

function changesOfAffinity(after: JsonObject, before: JsonObject): FieldError[] {
  const [now, then] = [termsOf(after), termsOf(before)];
  if (then.length === 0) return [];
  const field = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (now.length !== then.length) {
    const text = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    return [invalidValue(field, now.length === 0 ? null : now.map(inGo), text)];
  }
  return now.flatMap((term, index) =>
    onlyAdds(term, then[index] ?? {})
      ? []
      : [
          invalidValue(
            `${field}[${index}]`,
            inGo(term),
            'only additions are allowed (no mutations or deletions)',
          ),
        ],
  );
}

/** A term without requirements matches nothing: it stays so. */
function onlyAdds(now: JsonObject, then: JsonObject): boolean {
  if (LISTS.every(list => objectsOf(then[list]).length === 0))
    return LISTS.every(list => objectsOf(now[list]).length === 0);
  return LISTS.every(list => {
    const kept = objectsOf(then[list]);
    return equal(objectsOf(now[list]).slice(0, kept.length), kept);
  });
}

/** A term as Go prints it. */
function inGo(term: JsonObject): JsonObject {
  const listOf = (list: unknown) =>
    Array.isArray(list)
      ? objectsOf(list).map(({ key, operator, values }) => ({
          Key: key,
          Operator: operator,
          Values: values ?? null,
        }))
      : null;
  return { MatchExpressions: listOf(term['matchExpressions']), MatchFields: listOf(term['matchFields']) };
}

/** Gives a spec the node selector and the node affinity of another one, which are judged apart. In place. */
export function takeNodeFrom(spec: JsonObject, before: JsonObject): void {
  if (before['nodeSelector'] === undefined) delete spec['nodeSelector'];
  else spec['nodeSelector'] = before['nodeSelector'];
  const affinity: JsonObject = { ...objectOf(spec['affinity']) };
  const own = objectOf(before['affinity'])['nodeAffinity'];
  if (own === undefined) delete affinity['nodeAffinity'];
  else affinity['nodeAffinity'] = own;
  const isAbsent = Object.keys(affinity).length === 0 && !isObject(before['affinity']);
  if (isAbsent) delete spec['affinity'];
  else spec['affinity'] = affinity;
}
