/**
 * The document of OpenAPI v2 as protobuf (github.com/google/gnostic-models openapiv2/OpenAPIv2.proto
 * @v0.7.0).
 */
import { isObject, stringOf } from '../../registry/json.ts';
import { type Choices, Encoder, type Rows } from './encode.ts';

/** The messages, as far as documents of API servers have them. */
const ROWS: Rows = {
  Document:
    '1 swagger s, 2 info Info, 8 paths Paths, 9 definitions Definitions, ' +
    '10 parameters ParameterDefinitions, 12 security []SecurityRequirement, ' +
    '13 securityDefinitions SecurityDefinitions, 16 x-* y',
  Info: '1 title s, 2 version s, 3 description s',
  Paths: '2 * PathItem',
  PathItem:
    '2 get Operation, 3 put Operation, 4 post Operation, 5 delete Operation, 6 options Operation, ' +
    '7 head Operation, 8 patch Operation, 9 parameters []ParametersItem, 10 x-* y',
  Operation:
    '1 tags []s, 2 summary s, 3 description s, 5 operationId s, 6 produces []s, 7 consumes []s, ' +
    '8 parameters []ParametersItem, 9 responses Responses, 10 schemes []s, 11 deprecated b, 13 x-* y',
  ParameterDefinitions: '1 * Parameter',
  BodyParameter: '1 description s, 2 name s, 3 in s, 4 required b, 5 schema Schema',
  QueryParameterSubSchema:
    '1 required b, 2 in s, 3 description s, 4 name s, 6 type s, 7 format s, 20 uniqueItems b',
  PathParameterSubSchema:
    '1 required b, 2 in s, 3 description s, 4 name s, 5 type s, 6 format s, 19 uniqueItems b',
  JsonReference: '1 $ref s, 2 description s',
  Responses: '1 * ResponseValue',
  Response: '1 description s, 2 schema SchemaItem',
  Definitions: '1 * Schema',
  Properties: '1 * Schema',
  Schema:
    '1 $ref s, 2 format s, 3 title s, 4 description s, 5 default y, 6 multipleOf d, 7 maximum d, ' +
    '8 exclusiveMaximum b, 9 minimum d, 10 exclusiveMinimum b, 11 maxLength l, 12 minLength l, ' +
    '13 pattern s, 14 maxItems l, 15 minItems l, 16 uniqueItems b, 17 maxProperties l, 18 minProperties l, ' +
    '19 required []s, 20 enum []y, 21 additionalProperties AdditionalPropertiesItem, ' +
    '22 type TypeItem, 23 items ItemsItem, ' +
    '24 allOf []Schema, 25 properties Properties, 31 x-* y',
  SecurityDefinitions: '1 * SecurityDefinitionsItem',
  ApiKeySecurity: '1 type s, 2 name s, 3 in s, 4 description s',
  SecurityRequirement: '1 * StringArray',
};

const CHOICES: Choices = {
  ParametersItem: value => (isObject(value) && '$ref' in value ? [2, 'JsonReference'] : [1, 'Parameter']),
  Parameter: value =>
    isObject(value) && value['in'] === 'body' ? [1, 'BodyParameter'] : [2, 'NonBodyParameter'],
  NonBodyParameter: value =>
    isObject(value) && stringOf(value['in']) === 'path'
      ? [4, 'PathParameterSubSchema']
      : [3, 'QueryParameterSubSchema'],
  ResponseValue: () => [1, 'Response'],
  SchemaItem: () => [1, 'Schema'],
  TypeItem: () => [1, 's'],
  ItemsItem: () => [1, 'Schema'],
  AdditionalPropertiesItem: value => (typeof value === 'boolean' ? [2, 'b'] : [1, 'Schema']),
  SecurityDefinitionsItem: () => [2, 'ApiKeySecurity'],
  // Keys of an API have no scopes.
  StringArray: () => [0, ''],
};

let encoder: Encoder | undefined;

/** Writes a document. */
export function encodeVersion2(document: unknown): Buffer {
  encoder ??= new Encoder(ROWS, CHOICES);
  return encoder.encode('Document', document);
}
