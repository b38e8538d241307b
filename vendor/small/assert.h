/* assert.h for the small build: a failed assert still ends nat, at once, but does
 * not say which; the words of all of them are 3 KB.
 */
#undef assert
#define assert(e) ((e) ? (void)0 : __builtin_trap())
#define static_assert _Static_assert
