/** Schemas of single fields, as Helm's charts and Kubernetes take them. */
import * as z from '../../../base/zod.ts';

/** Text, or a number or truth value that Helm prints as text. */
export const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** The same; absent and null are the empty text. */
export const optionalText = text.nullish().transform(value => value ?? '');
/** A TCP port. */
export const port = z.number().int().min(1).max(65535);
/** An object that the charts pass on without a look. */
export const open = z.record(z.string(), z.unknown());
/** `resources` of a container. */
export const resources = z
  .strictObject({
    requests: z.record(z.string(), text).optional(),
    limits: z.record(z.string(), text).optional(),
  })
  .optional();
/** Names of settings, each of which is taken whatever its value is. */
export const harmless = (names: readonly string[]): Record<string, z.ZodOptional<z.ZodUnknown>> =>
  Object.fromEntries(names.map(name => [name, z.unknown().optional()]));
