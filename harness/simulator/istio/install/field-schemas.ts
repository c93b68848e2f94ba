/**
 * Schemas of single fields, as Helm's charts and Kubernetes take them. What many fields have is made once: a
 * start makes every schema, and each takes it ten microseconds.
 */
import * as z from '../../../base/zod.ts';

/** Text. */
export const string = z.string();
/** A truth value. */
export const flag = z.boolean();
/** Text, or nothing. */
export const maybeString = string.optional();
/** A truth value, or nothing. */
export const maybeFlag = flag.optional();
/** A truth value that is true unless something is said. */
export const trueByDefault = flag.default(true);
/** Text, or a number or truth value that Helm prints as text. */
export const text = z.union([string, z.number(), flag]).transform(String);
/** The same, or nothing. */
export const maybeText = text.optional();
/** The same as `text`; absent and null are the empty text. */
export const optionalText = text.nullish().transform(value => value ?? '');
/** A TCP port. */
export const port = z.number().int().min(1).max(65535);
/** An object that the charts pass on without a look. */
export const open = z.record(string, z.unknown());
/** The same, or nothing. */
export const maybeOpen = open.optional();
/** Names with texts. */
const texts = z.record(string, text);
/** Names with texts, or nothing. */
export const maybeTexts = texts.optional();
/** Names with texts; nothing is none. */
export const textsOrNone = texts.default({});
/** A list of texts; nothing is none. */
export const stringsOrNone = z.array(string).default([]);
/** `resources` of a container. */
export const resources = z
  .strictObject({
    requests: maybeTexts,
    limits: maybeTexts,
  })
  .optional();

const anything = z.unknown().optional();

/** Names of settings, each of which is taken whatever its value is. */
export const harmless = (names: readonly string[]): Record<string, z.ZodOptional<z.ZodUnknown>> =>
  Object.fromEntries(names.map(name => [name, anything]));
