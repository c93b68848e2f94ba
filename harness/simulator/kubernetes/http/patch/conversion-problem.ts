/**
 * What the server says of a strategic patch whose result does not fit the kind: it converts the result
 * without a JSON decoder (apimachinery pkg/runtime/converter.go @v1.34, fromUnstructured).
 */

const FOUND: Readonly<Record<string, string>> = {
  bool: 'bool',
  object: 'map',
  array: 'slice',
  string: 'string',
};
/** Types that read their JSON themselves, and say what the decoder says. */
const OWN_DECODERS = ['v1.Time', 'v1.MicroTime', 'resource.Quantity', 'intstr.IntOrString'];

/** Returns the converter's sentence in place of the JSON decoder's; others as they are. */
export function conversionProblem(problem: string): string {
  const [, kind = '', number, type] =
    /^json: cannot unmarshal (\w+)(?: (\S+))? into Go struct field \S+ of type (\S+)$/.exec(problem) ?? [];
  if (type === undefined || OWN_DECODERS.includes(type)) return problem;
  const isFraction = number?.includes('.') ?? false;
  const found = FOUND[kind] ?? (isFraction ? 'float64' : 'int64');
  if (type.startsWith('[]')) return `cannot restore slice from ${found}`;
  if (type.startsWith('map[')) return `cannot restore map from ${found}`;
  if (type.includes('.')) return `cannot restore struct from: ${found}`;
  // Go itself makes texts of numbers, and whole numbers of fractions; JSON must not.
  const isConvertible = type === 'string' ? kind === 'number' : isFraction && type.startsWith('int');
  return isConvertible ? `cannot convert ${found} to ${type}` : `unrecognized type: ${type}`;
}
