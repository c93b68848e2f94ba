/** `mesh-harness report schema`: the JSON Schema of `report.json`. */
import { EXIT } from '../../base/errors.ts';
import { reportJsonSchema } from '../../report/read/json-schema.ts';
import type { Environment } from '../environment.ts';

/** Prints the schema. */
export async function reportSchemaCommand({ stdout }: Environment): Promise<number> {
  stdout.write(reportJsonSchema());
  return EXIT.passed;
}
