/**
 * Checks that an update of a pod changes only what it may (ValidatePodUpdate in
 * pkg/apis/core/validation/validation.go @v1.32).
 */

import { type FieldError, forbiddenValue, invalidValue } from '../../field-errors.ts';
import { copy, equal, type JsonObject, objectsOf } from '../../json.ts';
import { changesOfNode, isGated, takeNodeFrom } from './gated.ts';

/** Names the fields of a pod that may change. The real text goes on with the difference. */
const POD_UPDATE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Finds what an update changes that it must not: all but images, deadline, tolerations and gates. */
export function changesOfSpec(after: JsonObject, before: JsonObject): FieldError[] {
  for (const list of ['containers', 'initContainers']) {
    if (objectsOf(before[list]).length !== objectsOf(after[list]).length) {
      return [forbiddenValue(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
  }
  const errors = [
    ...changeOfDeadline(after['activeDeadlineSeconds'], before['activeDeadlineSeconds']),
    ...changeOfTolerations(after['tolerations'], before['tolerations']),
    ...changeOfGates(after['schedulingGates'], before['schedulingGates']),
    ...changesOfEphemeral(objectsOf(after['ephemeralContainers']), objectsOf(before['ephemeralContainers'])),
  ];
  const fixed = fixedPartOf(after);
  if (isGated(before)) {
    errors.push(...changesOfNode(after, before));
    takeNodeFrom(fixed, before);
  }
  if (!equal(fixedPartOf(before), fixed)) errors.push(forbiddenValue('spec', POD_UPDATE));
  return errors;
}

/** Returns the part of a pod's spec that may not change at all. */
function fixedPartOf(spec: JsonObject): JsonObject {
  const part = copy(spec);
  for (const list of ['containers', 'initContainers']) {
    for (const container of objectsOf(part[list])) delete container['image'];
  }
  // A binding, which is not checked, chooses the node; ephemeral containers have a subresource.
  for (const key of ['activeDeadlineSeconds', 'tolerations', 'ephemeralContainers', 'schedulingGates'])
    delete part[key];
  return part;
}

function changeOfDeadline(after: unknown, before: unknown): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (after === undefined) {
    const text = 'must not update from a positive integer to nil value';
    return before === undefined ? [] : [invalidValue(field, after, text)];
  }
  const isLater = typeof before === 'number' && Number(after) > before;
  return isLater ? [invalidValue(field, after, 'must be less than or equal to previous value')] : [];
}

function changeOfTolerations(after: unknown, before: unknown): FieldError[] {
  const plain = (toleration: JsonObject) => ({ ...toleration, tolerationSeconds: undefined });
  const isKept = (old: JsonObject) =>
    objectsOf(after).some(toleration => equal(plain(toleration), plain(old)));
  if (objectsOf(before).every(isKept)) return [];
  return [
    forbiddenValue(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    ),
  ];
}

/**
 * Ephemeral containers may only be added (ValidatePodEphemeralContainersUpdate). The real text of a change
 * goes on with the difference.
 */
function changesOfEphemeral(after: readonly JsonObject[], before: readonly JsonObject[]): FieldError[] {
  return before.flatMap(old => {
    const now = after.find(({ name }) => name === old['name']);
    if (now && equal(now, old)) return [];
    const text = `existing ephemeral containers ${JSON.stringify(old['name'])} may not be`;
    return [forbiddenValue('spec.ephemeralContainers', `${text} ${now ? 'changed' : 'removed'}\n`)];
  });
}

function changeOfGates(after: unknown, before: unknown): FieldError[] {
  const known = objectsOf(before).map(gate => gate['name']);
  return objectsOf(after).flatMap(({ name }, index) =>
    known.includes(name)
      ? []
      : [
          forbiddenValue(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${String(name)}'`,
          ),
        ],
  );
}
