/** The schema of `report.json` as JSON Schema: for validators and editors. Pure. */
import * as z from '../../base/zod.ts';
import { SCHEMA_ID, SCHEMA_VERSION } from '../report.ts';
import { reportSchema } from './schema.ts';

/** Writes the schema, of JSON Schema's draft 2020-12. */
export const reportJsonSchema = (): string => {
  const { $schema, ...rest } = z.toJSONSchema(reportSchema, { io: 'input' });
  const title = `A report of mesh-harness, schema version ${SCHEMA_VERSION}`;
  return `${JSON.stringify({ $schema, $id: SCHEMA_ID, title, ...rest }, null, 2)}\n`;
};
