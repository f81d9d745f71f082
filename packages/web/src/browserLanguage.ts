/**
 * What draws the plots makes a format of `navigator.language` as soon as it is loaded, and some browsers name what is no language tag,
 * `en-US@posix` where a system has no locale: the page would stay blank. So this stands before all other imports. The page is in English.
 */
export function mendLanguage(browser: { readonly language: string }): void {
  try {
    Intl.getCanonicalLocales(browser.language);
  } catch {
    Object.defineProperty(browser, 'language', { value: 'en', configurable: true });
  }
}

mendLanguage(navigator);
