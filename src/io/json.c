/*
** json: parsing and printing through cJSON in the C locale.
** cJSON ends strings at a zero byte, so texts with one are refused.
*/
#include "io/json.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "core/status.h"
#include "io/number.h"

static bool has_zero(const char *text, size_t size) {
  if (memchr(text, '\0', size)) return true;
  for (size_t i = 0; i + 1 < size; i++) {
    if (text[i] != '\\') continue;
    if (size - i >= 6 && memcmp(text + i, "\\u0000", 6) == 0) return true;
    i++;
  }
  return false;
}

static bool only_blanks(const char *from, const char *end) {
  while (from < end && strchr(" \t\r\n", *from)) from++;
  return from == end;
}

ae_status ae_json_parse(const char *who, const char *text, size_t size, cJSON **out, ae_error *err) {
  if (size > AE_JSON_BYTES)
    return ae_fail(err, AE_UNSUPPORTED, "%s: JSON of %zu bytes; at most %d are read", who, size, AE_JSON_BYTES);
  if (has_zero(text, size)) return ae_fail(err, AE_UNSUPPORTED, "%s: JSON with a zero byte is not read", who);
  ae_numbers numbers;
  AE_TRY(ae_numbers_open(&numbers, '.', err));
  locale_t host = uselocale(numbers.c);
  const char *end = text;
  cJSON *value = cJSON_ParseWithLengthOpts(text, size, &end, 0);
  uselocale(host);
  ae_numbers_close(&numbers);
  if (value && only_blanks(end, text + size)) {
    *out = value;
    return AE_OK;
  }
  cJSON_Delete(value);
  return ae_fail(err, AE_FORMAT, "%s: no valid JSON at byte %zu of %zu", who, (size_t)(end - text) + 1, size);
}

ae_status ae_json_print(const char *who, const cJSON *value, bool indented, char **out, ae_error *err) {
  ae_numbers numbers;
  AE_TRY(ae_numbers_open(&numbers, '.', err));
  locale_t host = uselocale(numbers.c);
  char *text = indented ? cJSON_Print(value) : cJSON_PrintUnformatted(value);
  uselocale(host);
  ae_numbers_close(&numbers);
  if (!text) return ae_fail(err, AE_NO_MEMORY, "%s: no memory for JSON", who);
  *out = text;
  return AE_OK;
}

bool ae_json_whole(const cJSON *value, int64_t *out) {
  const double most = 9007199254740992.0;
  if (!cJSON_IsNumber(value)) return false;
  double number = value->valuedouble;
  if (!(number >= 0 && number <= most) || floor(number) != number) return false;
  *out = (int64_t)number;
  return true;
}

bool ae_json_add(cJSON *parent, const char *key, cJSON *item) {
  if (!parent || !item || !(key ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item))) {
    cJSON_Delete(item);
    return false;
  }
  return true;
}

/* Bytes of the sequence that begins at s (no overlong forms, no surrogates,
** nothing past U+10FFFF); 0: none. */
static size_t sequence(const unsigned char *s, size_t left) {
  if (s[0] < 0x80) return 1;
  size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc2 || s[0] > 0xf4 || n > left) return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  if (s[0] == 0xe0 && s[1] < 0xa0) return 0;
  if (s[0] == 0xed && s[1] > 0x9f) return 0;
  if (s[0] == 0xf0 && s[1] < 0x90) return 0;
  if (s[0] == 0xf4 && s[1] > 0x8f) return 0;
  return n;
}

bool ae_utf8_valid(const char *text, size_t size) {
  const unsigned char *s = (const unsigned char *)text;
  for (size_t i = 0, n; i < size; i += n) {
    n = sequence(s + i, size - i);
    if (n == 0) return false;
  }
  return true;
}
