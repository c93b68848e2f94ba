/** The values of words that are constants. */
import { UnsignedInt } from '../run/unsigned-int.ts';
import type { Constant } from './expression.ts';
import { bytesLiteral, intLiteral, stringLiteral, uintLiteral } from './literals.ts';
import type { Token } from './tokens.ts';

const KEYWORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Returns a constant, or an error for one that is out of range; undefined for all other words. */
export function valueOfToken({ kind, text }: Token, isNegative: boolean): Constant | Error | undefined {
  try {
    switch (kind) {
      case 'NUM_INT':
        return intLiteral(text, isNegative) ?? new Error('invalid int literal');
      case 'NUM_UINT': {
        const value = uintLiteral(text);
        return value === undefined ? new Error('invalid uint literal') : new UnsignedInt(value);
      }
      case 'NUM_FLOAT':
        return Number(text) * (isNegative ? -1 : 1);
      case 'STRING':
        return stringLiteral(text);
      case 'BYTES':
        return bytesLiteral(text);
      default:
        return kind === 'SYMBOL' ? KEYWORDS.get(text) : undefined;
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
