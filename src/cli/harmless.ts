/**
 * Shows text from outside so that it cannot act: control characters, escape sequences, marks that turn the direction of writing,
 * halves of surrogate pairs and code points that stand for no character are spelled out as `\u{1b}`.
 */
export const harmless = (text: string): string =>
  text.replace(HARMFUL, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);

const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;
