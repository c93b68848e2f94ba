/** DNS messages (RFC 1035), cut to questions and answers for A records. */

export const DNS_PORT = 53;

const TYPE_A = 1;
const CLASS_IN = 1;
const FLAG_RESPONSE = 0x8000;
const FLAG_AUTHORITATIVE = 0x0400;
const FLAG_RECURSION_DESIRED = 0x0100;
const FLAG_RECURSION_AVAILABLE = 0x0080;
/** A pointer to the name at offset 12. It is the question's, to which every answer belongs. */
const POINTER_TO_QUESTION = 0xc00c;
const TTL_SECONDS = 5;

/** Response codes of DNS (RFC 1035, 4.1.1). */
export const RCODE = { noError: 0, formatError: 1, serverFailure: 2, nameError: 3 } as const;

/** A query with one question. */
export interface DnsQuery {
  readonly id: number;
  /** Lower case, without the final dot. */
  readonly name: string;
  readonly type: number;
}

/** The answer to a query, as far as a resolver here reads it. */
export interface DnsAnswer {
  readonly id: number;
  /** One of `RCODE`. */
  readonly rcode: number;
  readonly addresses: readonly string[];
}

/**
 * Tells whether a DNS message can hold the name: it cannot if a label is empty or too long, or the name has
 * more than 253 characters.
 */
export function isEncodableName(name: string): boolean {
  return (
    name.length <= 253 && name.split('.').every(label => label.length > 0 && Buffer.byteLength(label) <= 63)
  );
}

/**
 * Encodes a query for the IPv4 addresses of a name.
 * @param name - without a final dot; see `isEncodableName`
 */
export function encodeQuery(id: number, name: string): Buffer {
  const labels = encodeName(name);
  const message = Buffer.alloc(12 + labels.length + 4);
  message.writeUInt16BE(id & 0xffff, 0);
  message.writeUInt16BE(FLAG_RECURSION_DESIRED, 2);
  message.writeUInt16BE(1, 4);
  labels.copy(message, 12);
  message.writeUInt16BE(TYPE_A, 12 + labels.length);
  message.writeUInt16BE(CLASS_IN, 14 + labels.length);
  return message;
}

/**
 * Decodes a query.
 * @returns undefined unless the packet is a query with one question
 */
export function decodeQuery(message: Buffer): DnsQuery | undefined {
  if (
    message.length < 17 ||
    (message.readUInt16BE(2) & FLAG_RESPONSE) !== 0 ||
    message.readUInt16BE(4) !== 1
  ) {
    return undefined;
  }
  const question = readName(message, 12);
  if (question === undefined || message.length < question.end + 4) return undefined;
  return {
    id: message.readUInt16BE(0),
    name: question.name.toLowerCase(),
    type: message.readUInt16BE(question.end),
  };
}

/**
 * Answers a packet as a name server does.
 *
 * @param lookup - gets a name in lower case without a final dot; `undefined`: there is no such name
 *   (NXDOMAIN); an empty list: the name exists
 *   and has no address
 * @returns the answer, or undefined for a packet that deserves none
 */
export function answerQuery(
  message: Buffer,
  lookup: (name: string) => readonly string[] | undefined,
): Buffer | undefined {
  const query = decodeQuery(message);
  if (query === undefined) return undefined;
  const found = lookup(query.name);
  const addresses = query.type === TYPE_A ? (found ?? []) : [];
  const question = message.subarray(12, 12 + encodeName(query.name).length + 4);
  const answer = Buffer.alloc(12 + question.length + 16 * addresses.length);
  answer.writeUInt16BE(query.id, 0);
  answer.writeUInt16BE(
    FLAG_RESPONSE |
      FLAG_AUTHORITATIVE |
      FLAG_RECURSION_DESIRED |
      FLAG_RECURSION_AVAILABLE |
      (found === undefined ? RCODE.nameError : RCODE.noError),
    2,
  );
  answer.writeUInt16BE(1, 4);
  answer.writeUInt16BE(addresses.length, 6);
  question.copy(answer, 12);
  let offset = 12 + question.length;
  for (const address of addresses) {
    offset = answer.writeUInt16BE(POINTER_TO_QUESTION, offset);
    offset = answer.writeUInt16BE(TYPE_A, offset);
    offset = answer.writeUInt16BE(CLASS_IN, offset);
    offset = answer.writeUInt32BE(TTL_SECONDS, offset);
    offset = answer.writeUInt16BE(4, offset);
    for (const byte of address.split('.')) offset = answer.writeUInt8(Number(byte), offset);
  }
  return answer;
}

/**
 * Decodes an answer.
 * @returns undefined unless the packet is an answer
 */
export function decodeAnswer(message: Buffer): DnsAnswer | undefined {
  if (message.length < 12 || (message.readUInt16BE(2) & FLAG_RESPONSE) === 0) return undefined;
  const addresses: string[] = [];
  let offset = 12;
  for (let left = message.readUInt16BE(4); left > 0; left--) {
    const question = readName(message, offset);
    if (question === undefined) return undefined;
    offset = question.end + 4;
  }
  for (let left = message.readUInt16BE(6); left > 0; left--) {
    const owner = readName(message, offset);
    if (owner === undefined || message.length < owner.end + 10) return undefined;
    const type = message.readUInt16BE(owner.end);
    const length = message.readUInt16BE(owner.end + 8);
    const data = owner.end + 10;
    if (message.length < data + length) return undefined;
    if (type === TYPE_A && length === 4) addresses.push(message.subarray(data, data + 4).join('.'));
    offset = data + length;
  }
  return { id: message.readUInt16BE(0), rcode: message.readUInt16BE(2) & 0xf, addresses };
}

function encodeName(name: string): Buffer {
  const parts = name === '' ? [] : name.split('.').map(label => Buffer.from(label));
  return Buffer.concat([...parts.flatMap(part => [Buffer.from([part.length]), part]), Buffer.from([0])]);
}

/** Reads a name that may end in a pointer; `end` is behind it in the message. */
function readName(message: Buffer, start: number): { name: string; end: number } | undefined {
  const labels: string[] = [];
  let offset = start;
  let end: number | undefined;
  for (let jumps = 0; ; ) {
    const length = message[offset];
    if (length === undefined) return undefined;
    if (length >= 0xc0) {
      const low = message[offset + 1];
      if (low === undefined || ++jumps > 8) return undefined;
      end ??= offset + 2;
      offset = ((length & 0x3f) << 8) | low;
    } else if (length === 0) {
      return { name: labels.join('.'), end: end ?? offset + 1 };
    } else {
      if (offset + 1 + length > message.length || labels.length > 127) return undefined;
      labels.push(message.toString('utf8', offset + 1, offset + 1 + length));
      offset += 1 + length;
    }
  }
}
