import { expect, it } from 'vitest';
import { fromHex } from './bytes.js';

it('text that is no hex is refused in one line, also when it has several', () => {
  expect(() => fromHex('# A heading\n\nand more')).toThrow('"# A heading\\n\\nand more" is not hexadecimal text');
});
