/** Structures of ASN.1 as texts in PEM. */
import { AsnConvert } from '@peculiar/asn1-schema';

/** Writes a structure under a label such as CERTIFICATE. */
export function pemOf(label: string, structure: unknown): string {
  const text = Buffer.from(AsnConvert.serialize(structure)).toString('base64');
  return `-----BEGIN ${label}-----\n${text.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

/**
 * Reads the bytes of the first block of a text.
 * @throws Error if the text has no block
 */
export function bytesOf(pem: string): Buffer {
  const body = /-----BEGIN [A-Z0-9 ]+-----([^-]*)-----END/.exec(pem)?.[1];
  if (body === undefined) throw new Error('This is not a text in PEM.');
  return Buffer.from(body, 'base64');
}

/** Splits a PEM text into its certificates. */
export const pemBlocks = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)?.map(block => `${block}\n`) ??
  [];
