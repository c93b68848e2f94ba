/**
 * Documents of OpenAPI v3 as protobuf (github.com/google/gnostic-models openapiv3/OpenAPIv3.proto @v0.7.0).
 */
import { isObject } from '../../registry/json.ts';
import { type Choices, Encoder, type Rows } from './encode.ts';

/** The messages, as far as documents of API servers have them. */
const ROWS: Rows = {
  Document: '1 openapi s, 2 info Info, 4 paths Paths, 5 components Components, 9 x-* y',
  Info: '1 title s, 2 description s, 6 version s',
  Paths: '1 * PathItem',
  PathItem:
    '2 summary s, 3 description s, 4 get Operation, 5 put Operation, 6 post Operation, 7 delete Operation, ' +
    '8 options Operation, 9 head Operation, 10 patch Operation, ' +
    '13 parameters []ParameterOrReference, 14 x-* y',
  Operation:
    '1 tags []s, 2 summary s, 3 description s, 5 operationId s, 6 parameters []ParameterOrReference, ' +
    '7 requestBody RequestBodyOrReference, 8 responses Responses, 10 deprecated b, 13 x-* y',
  Parameter: '1 name s, 2 in s, 3 description s, 4 required b, 10 schema SchemaOrReference',
  RequestBody: '1 description s, 2 content MediaTypes, 3 required b',
  MediaTypes: '1 * MediaType',
  MediaType: '1 schema SchemaOrReference',
  Responses: '2 * ResponseOrReference',
  Response: '1 description s, 3 content MediaTypes',
  Components: '1 schemas SchemasOrReferences, 7 securitySchemes SecuritySchemesOrReferences',
  SchemasOrReferences: '1 * SchemaOrReference',
  SecuritySchemesOrReferences: '1 * SecuritySchemeOrReference',
  SecurityScheme: '1 type s, 2 description s, 3 name s, 4 in s, 5 scheme s',
  Reference: '1 $ref s, 2 summary s, 3 description s',
  Schema:
    '1 nullable b, 9 title s, 10 multipleOf d, 11 maximum d, 12 exclusiveMaximum b, 13 minimum d, ' +
    '14 exclusiveMinimum b, 15 maxLength l, 16 minLength l, 17 pattern s, 18 maxItems l, 19 minItems l, ' +
    '20 uniqueItems b, 21 maxProperties l, 22 minProperties l, 23 required []s, 24 enum []y, 25 type s, ' +
    '26 allOf []SchemaOrReference, 27 oneOf []SchemaOrReference, 28 anyOf []SchemaOrReference, ' +
    '29 not Schema, 30 items ItemsItem, 31 properties Properties, ' +
    '32 additionalProperties AdditionalPropertiesItem, ' +
    '33 default DefaultType, 34 description s, 35 format s, 36 x-* y',
  Properties: '1 * SchemaOrReference',
};

const orReference = (message: string) => (value: unknown) =>
  isObject(value) && '$ref' in value ? ([2, 'Reference'] as const) : ([1, message] as const);

const CHOICES: Choices = {
  ParameterOrReference: orReference('Parameter'),
  RequestBodyOrReference: orReference('RequestBody'),
  ResponseOrReference: orReference('Response'),
  SchemaOrReference: orReference('Schema'),
  SecuritySchemeOrReference: orReference('SecurityScheme'),
  ItemsItem: () => [1, 'SchemaOrReference'],
  AdditionalPropertiesItem: value => (typeof value === 'boolean' ? [2, 'b'] : [1, 'SchemaOrReference']),
  // Of a default that is neither number, boolean nor text only that there is one.
  DefaultType: value => {
    if (typeof value === 'number') return [1, 'd'];
    if (typeof value === 'boolean') return [2, 'b'];
    return typeof value === 'string' ? [3, 's'] : [0, ''];
  },
};

let encoder: Encoder | undefined;

/** Writes a document. */
export function encodeVersion3(document: unknown): Buffer {
  encoder ??= new Encoder(ROWS, CHOICES);
  return encoder.encode('Document', document);
}
