// Names are found as they are typed in a hurry: "muller" and "mueller" mean Müller, "odegard" Ødegård.

/** Letters that are no other letter with a mark on it, and what is typed for them. */
const alike: Record<string, string> = {
  ø: 'o',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
}

/** Small letters without their marks: two names that only differ in what many keyboards lack are one. */
export const fold = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[øßæœłđðþħıŋ]/g, (letter) => alike[letter] ?? letter)

/** As one writes without the dots where they are a letter of their own: ä is ae. */
const spelledOut = (text: string) =>
  fold(
    text
      .toLowerCase()
      .normalize('NFC')
      .replace(/[äöüøå]/g, (letter) => ({ ä: 'ae', ö: 'oe', ø: 'oe', ü: 'ue', å: 'aa' })[letter] ?? letter),
  )

/** Every word that is typed is somewhere in the text. */
export function finds(typed: string, ...texts: (string | undefined)[]): boolean {
  const text = texts.join(' ')
  const [plain, long] = [fold(text), spelledOut(text)]
  return fold(typed)
    .split(/[\s/_]+/)
    .every((word) => plain.includes(word) || long.includes(word))
}
