/**
 * The formats of texts that schemas know; others are ignored (apiextensions-apiserver
 * pkg/apiserver/validation/formats.go, kube-openapi pkg/validation/strfmt/default.go @v1.34).
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';

const uuid = (version: string, variant = '[0-9a-f]'): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)?$/;

/** A host without a domain may have one hyphen, behind its first letter. */
const isLoneHost = (text: string): boolean =>
  // Made when a host is asked about: a start would pay for the tables of Unicode.
  /^[a-zA-Z0-9\p{S}\p{L}]-?[a-zA-Z0-9\p{S}\p{L}]{0,62}$/u.test(text);
const isDottedHost = (text: string): boolean =>
  /^([a-zA-Z0-9\p{S}\p{L}]([a-zA-Z0-9\p{S}\p{L}-]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63}$/u.test(
    text,
  );

function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const most = isIP(address) === 4 ? 32 : 128;
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

function isUri(text: string): boolean {
  return text.startsWith('/') ? !/\s/.test(text) : /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text);
}

const digits = (text: string): number[] => [...text].map(digit => (digit === 'X' ? 10 : Number(digit)));

function isIsbn10(text: string): boolean {
  const code = text.replaceAll(/[\s-]+/g, '');
  const sum = digits(code).reduce((total, digit, index) => total + (index + 1) * digit, 0);
  return /^\d{9}[\dX]$/.test(code) && sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const code = text.replaceAll(/[\s-]+/g, '');
  const sum = digits(code).reduce((total, digit, index) => total + (index % 2 === 0 ? 1 : 3) * digit, 0);
  return /^\d{13}$/.test(code) && sum % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const code = text.replaceAll(/\D+/g, '');
  const card =
    /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/;
  const sum = digits([...code].reverse().join('')).reduce((total, digit, index) => {
    const value = index % 2 === 0 ? digit : digit * 2;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return card.test(code) && sum % 10 === 0;
}

/** Go's durations, and Scala's (`22 ns`, `1 week`). */
function isDuration(text: string): boolean {
  if (/^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/.test(text)) return true;
  return (
    /^((\d+)\s*([A-Za-z\u00b5]+)\s*)+$/.test(text) && [...text.matchAll(/[A-Za-z\u00b5]+/g)].every(isUnit)
  );
}

const UNITS =
  /^(ns|nanos?|nanoseconds?|us|\u00b5s|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$/;
const isUnit = ([unit]: RegExpMatchArray): boolean => UNITS.test(unit);

const isRgb = (text: string): boolean => {
  const match = /^rgb\((\d{1,3}),\s?(\d{1,3}),\s?(\d{1,3})\)$/.exec(text);
  return match?.slice(1).every(part => Number(part) <= 255) ?? false;
};

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: text => /^[0-9a-fA-F]{24}$/.test(text),
  uri: isUri,
  email: text => /^[^\s@<>,;:"()[\]]+@[^\s@<>,;:"()]+$/.test(text),
  hostname: text => text.length <= 255 && (isLoneHost(text) || isDottedHost(text)),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: text =>
    /^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4,18}[0-9a-f]{2}|([0-9a-f]{4}\.){2,}[0-9a-f]{4})$/i.test(text),
  uuid: text => uuid('[0-9a-f]').test(text),
  uuid3: text => uuid('3').test(text),
  uuid4: text => uuid('4', '[89ab]').test(text),
  uuid5: text => uuid('5', '[89ab]').test(text),
  isbn: text => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: text => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  hexcolor: text => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
  rgbcolor: isRgb,
  byte: text => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: text => isDate(text.slice(0, 10)) && DATE_TIME.test(text),
  k8sshortname: text => text.length <= 63 && new RegExp(`^${LABEL}$`).test(text),
  k8slongname: text => text.length <= 253 && new RegExp(`^${LABEL}(\\.${LABEL})*$`).test(text),
};

const normal = (format: string): string => format.replaceAll('-', '');

/** Tells whether schemas know a format, with or without hyphens. */
export const isFormat = (format: string): boolean => Object.hasOwn(CHECKS, normal(format));

/** Tells whether a text has a format that is known. */
export const hasFormat = (format: string, text: string): boolean => CHECKS[normal(format)]?.(text) ?? true;
