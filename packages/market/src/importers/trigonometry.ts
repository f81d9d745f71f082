/**
 * Sine and cosine through +, −, × and ÷ alone, which IEEE 754 fixes to the last bit: `Math.sin` differs between versions of V8. Within
 * 10^-15 of the true value for the angles of a day.
 */

const HALF_TURN = Math.PI;
const QUARTER_TURN = HALF_TURN / 2;
/** Terms of Taylor's series: the next one is below 10^-17 for an eighth of a turn. */
const TERMS = 9;

export const toRadians = (degrees: number): number => (degrees * HALF_TURN) / 180;

/** Sine and cosine of an angle in radians. */
export function sineAndCosine(angle: number): { readonly sine: number; readonly cosine: number } {
  const quarters = Math.floor(angle / QUARTER_TURN + 0.5);
  const rest = angle - quarters * QUARTER_TURN;
  const square = rest * rest;
  let [sine, cosine] = [0, 0];
  // From the smallest term to the largest, by Horner's rule.
  for (let term = TERMS; term >= 1; term -= 1) {
    sine = 1 - (square / (2 * term * (2 * term + 1))) * (term === TERMS ? 1 : sine);
    cosine = 1 - (square / ((2 * term - 1) * 2 * term)) * (term === TERMS ? 1 : cosine);
  }
  sine *= rest;
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return { sine, cosine };
    case 1:
      return { sine: cosine, cosine: -sine };
    case 2:
      return { sine: -sine, cosine: -cosine };
    default:
      return { sine: -cosine, cosine: sine };
  }
}
