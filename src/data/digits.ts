const SHORT = Array.from({ length: 1_000 }, (_, number) => String(number))
const THREE = SHORT.map((digits) => digits.padStart(3, '0'))

/**
 * A number as text, as String() has it. V8 keeps the text of each number that String() or a template was given for a
 * while, and takes ever more memory for that: with a hundred million numbers in a row, 100 MB and more.
 */
export function digitsOf(number: number): string {
  if (!Number.isSafeInteger(number)) return String(number)
  if (number < 0) return `-${digitsOf(-number)}`
  if (number < 1_000) return SHORT[number] as string
  const thousands = Math.floor(number / 1_000)
  return digitsOf(thousands) + (THREE[number - thousands * 1_000] as string)
}
