/** Reads what the other side sent: unknown JSON until a schema has seen all of it. */
import type * as z from '../../../base/zod.ts';

/**
 * Reads a message.
 * @param what - names the message in errors: `discovery request`
 * @throws Error in one line that names every field that is wrong, or says that the text is not JSON
 */
export function readMessage<T>(schema: z.ZodType<T>, what: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`malformed ${what}: not JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
  );
  throw new Error(`malformed ${what}: ${problems.join('; ')}`);
}
