/*
** stb_guard: reads the headers of PNG and the segments of JPEG, as stb_image
** will. Up to the first scan a JPEG's segments are followed one by one; from
** there on every pair of bytes that could begin a Huffman table is taken for
** one (in scans such a pair is nothing else).
*/
#include "io/stb_guard.h"

#include <string.h>

enum { SOF0 = 0xc0, SOF2 = 0xc2, DHT = 0xc4, SOI = 0xd8, SOS = 0xda };

typedef struct span {
  const uint8_t *at, *end;
} span;

static uint32_t big16(const uint8_t *at) {
  return (uint32_t)at[0] << 8 | at[1];
}

/* A segment's length from its first two bytes, which count. */
static uint32_t length_of(span s) {
  return s.end - s.at >= 2 ? big16(s.at) : 0;
}

/* Whether no Huffman table of the segment at s (past its marker) has more than
** 256 codes: 16 counts of codes, then as many symbols, for each table. Past the end
** of the file stb_image reads zeros, and fills a table from the counts before it. */
static bool tables_fit(span s) {
  int64_t left = (int64_t)length_of(s) - 2;
  if (left <= 0) return true;
  s.at += 2;
  while (left > 0 && s.at < s.end) {
    int codes = 0;
    for (int i = 1; i <= 16 && i < s.end - s.at; i++) codes += s.at[i];
    if (codes > 256) return false;
    left -= 17 + codes;
    if (s.end - s.at < 17 + codes) return true;
    s.at += 17 + codes;
  }
  return true;
}

/* From the first scan on. */
static const char *check_scans(span s) {
  int scans = 1;
  for (; s.end - s.at >= 2; s.at++) {
    if (s.at[0] != 0xff) continue;
    span segment = {s.at + 2, s.end};
    if (s.at[1] == DHT && !tables_fit(segment)) return "a Huffman table with more than 256 codes";
    if (s.at[1] == SOS && ++scans > AE_IMAGE_SCANS) return "more scans than a picture has use for";
  }
  return NULL;
}

/* s is past the start of the picture (SOI). */
static const char *check_jpeg(span s, ae_guard_report *out) {
  while (s.end - s.at >= 2) {
    if (s.at[0] != 0xff || s.at[1] == 0xff) {
      s.at++;
      continue;
    }
    uint8_t marker = s.at[1];
    s.at += 2;
    if (marker == SOS) return check_scans(s);
    if (marker == DHT && !tables_fit(s)) return "a Huffman table with more than 256 codes";
    if (marker >= SOF0 && marker <= SOF2 && s.end - s.at >= 7) {
      out->height = big16(s.at + 3);
      out->width = big16(s.at + 5);
    }
    uint32_t length = length_of(s);
    if (length < 2 || length > s.end - s.at) return NULL;
    s.at += length;
  }
  return NULL;
}

ae_guard ae_stb_guard(const uint8_t *bytes, size_t size, ae_guard_report *out) {
  *out = (ae_guard_report){0, 0, NULL};
  if (size >= 24 && memcmp(bytes, "\x89PNG", 4) == 0) {
    out->width = big16(bytes + 16) << 16 | big16(bytes + 18);
    out->height = big16(bytes + 20) << 16 | big16(bytes + 22);
  } else {
    size_t start = 0; /* any number of ff may stand before a marker */
    while (start < size && bytes[start] == 0xff) start++;
    if (start > 0 && start < size && bytes[start] == SOI) {
      out->reason = check_jpeg((span){bytes + start + 1, bytes + size}, out);
      if (out->reason) return AE_GUARD_DAMAGED;
    }
  }
  bool fits = out->width <= AE_IMAGE_SIDE && out->height <= AE_IMAGE_SIDE &&
              (uint64_t)out->width * out->height <= AE_IMAGE_AREA;
  return fits ? AE_GUARD_PASSES : AE_GUARD_TOO_LARGE;
}
