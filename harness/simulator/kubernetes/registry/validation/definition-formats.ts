/**
 * Tells the author of a definition of formats that nobody knows (apiextensions-apiserver
 * pkg/registry/customresourcedefinition/strategy.go @v1.34, WarningsOnCreate).
 */
import { type KubernetesObject, stringOf } from '../json.ts';
import { isFormat } from '../schema/formats.ts';
import { schemasOf } from './definition.ts';
import { schemasIn } from './definition-shape.ts';

/** Warns of the formats of texts that are ignored; those that were there before are known to the author. */
export function warnOfFormats(
  definition: KubernetesObject,
  old: KubernetesObject | undefined,
  warn: (text: string) => void,
): void {
  const before = old ? unknownFormats(old) : [];
  for (const format of unknownFormats(definition))
    if (!before.includes(format)) warn(`unrecognized format ${JSON.stringify(format)}`);
}

function unknownFormats(definition: KubernetesObject): string[] {
  return schemasOf(definition).flatMap(([schema]) =>
    [...schemasIn(schema)].flatMap(({ type, format }) => {
      const name = stringOf(format) ?? '';
      return type === 'string' && name !== '' && !isFormat(name) ? [name] : [];
    }),
  );
}
