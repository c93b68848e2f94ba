/** Structures of ASN.1 that stand in several others, or twice in one. */
import { AsnSerializer, type IAsnConvertible } from '@peculiar/asn1-schema';

type Block = ReturnType<typeof AsnSerializer.toASN>;

/** A structure as the blocks that its library makes of it. */
class Kept implements IAsnConvertible {
  readonly #block: Block;

  constructor(structure: object) {
    this.#block = AsnSerializer.toASN(structure);
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
export function kept<T extends object>(structure: T): T {
  return new Kept(structure) as unknown as T; // the library asks it for its blocks, and for nothing else
}
