/** Structures of ASN.1 that stand in several others, or twice in one. */
import { AsnAnyConverter, AsnSerializer, type IAsnConvertible } from '@peculiar/asn1-schema';

type Block = ReturnType<typeof AsnSerializer.toASN>;

/** A structure as the blocks that its library makes of it. */
class Kept implements IAsnConvertible {
  readonly #block: Block;

  constructor(block: Block) {
    this.#block = block;
  }

  toASN(): Block {
    return this.#block;
  }

  fromASN(): never {
    throw new Error('What is kept is written, and not read.');
  }

  toSchema(): never {
    return this.fromASN();
  }
}

/**
 * Has a structure's blocks made once, which takes ten times as long as to write their bytes.
 * @returns what may stand in its place in whatever is written; its fields cannot be read
 */
export const kept = <T extends object>(structure: T): T => inPlaceOf<T>(AsnSerializer.toASN(structure));

/**
 * Has a structure that is written already stand in another: to read its fields, and to write them again,
 * takes three times as long.
 * @param der - its bytes
 * @returns as `kept`
 */
export const keptBytes = <T extends object>(der: Buffer): T =>
  inPlaceOf<T>(AsnAnyConverter.toASN(new Uint8Array(der).buffer) as Block); // typed as anything there

/** Has blocks stand for a structure: the library asks it for these, and for nothing else. */
const inPlaceOf = <T extends object>(block: Block): T => new Kept(block) as unknown as T;
