// Numbers as people type them: "10000", "10,000", "10.000", "3 200", "12.5", "10k".

/** The number meant, or null where the text is none. Of a hundred parts nobody writes thousands: there a comma or a point
 * is always a decimal sign. */
export function understandNumber(text: string, ofAHundred = false): number | null {
  const said = text
    .trim()
    .toLowerCase()
    .replace(/^(?:about|around|approx\.?|some|nearly|ca\.?|circa|etwa|ungefähr|rund|~|≈)\s*/, '')
    .replace(/[\s\u00a0\u202f'’_]/g, '')
  const shape = /^([\d.,]+)(k|m)?$/.exec(said)
  if (!shape) return null
  let digits = shape[1] ?? ''
  // A comma or point before exactly three last digits groups thousands, whoever's custom it is.
  if (ofAHundred) digits = digits.replace(',', '.')
  else if (/^\d{1,3}([.,]\d{3})+$/.test(digits) && new Set(digits.replace(/\d/g, '')).size === 1)
    digits = digits.replace(/[.,]/g, '')
  else if (/^\d{1,3}(,\d{3})*\.\d+$/.test(digits)) digits = digits.replace(/,/g, '')
  else if (/^\d{1,3}(\.\d{3})*,\d+$/.test(digits)) digits = digits.replace(/\./g, '').replace(',', '.')
  else digits = digits.replace(',', '.')
  if (!/^\d+(\.\d+)?$/.test(digits)) return null
  return Number(digits) * (shape[2] === 'k' ? 1000 : shape[2] === 'm' ? 1_000_000 : 1)
}

/** Shares are kept in whole percent; a little is not nothing, and nearly all is not all. */
export function wholePercent(share: number): number {
  if (share > 100 || (share > 0 && share < 1)) return Math.ceil(share)
  if (share < 0 || (share > 99 && share < 100)) return Math.floor(share)
  return Math.round(share)
}

export const grouped = (value: number) => new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 }).format(value)

const signs: Record<string, string> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥' }

/** "€ 2,000", "CHF 250": as messages write it. */
export const money = (value: number, currency: string) => `${signs[currency] ?? currency} ${grouped(Math.round(value))}`.trim()
