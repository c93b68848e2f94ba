/** The zero values of Go's scalars, as JSON writes them. */

/** Returns that of a letter of messages.ts; undefined for what is no scalar, or has none in JSON. */
export function zeroScalar(type: string): string | number | boolean | undefined {
  switch (type) {
    case 's':
      return '';
    case 'b':
      return false;
    case 'i':
    case 'l':
    case 'd':
    case 'I':
      return 0;
    case 'Q':
      return '0';
    default:
      return undefined;
  }
}
