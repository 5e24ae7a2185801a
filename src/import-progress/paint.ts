import { styleText } from 'node:util'

export type Colour = 'cyan' | 'dim' | 'green' | 'red' | 'yellow'

/** A text in a colour, or as it is if there are none. */
export type Paint = (colour: Colour, text: string) => string

export const plain: Paint = (_colour, text) => text

/** Colours if this stream shows them: a terminal has them, and NO_COLOR and FORCE_COLOR are obeyed. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (colour, text) => styleText(colour, text, { stream })
}
