/* SPDX-License-Identifier: Apache-2.0 */
/* base/utf8.h - single characters of UTF-8, for this room only */
#ifndef CTI_BASE_UTF8_H
#define CTI_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * Bytes of the character at text (len > 0 bytes are there), 0 if it is none:
 * overlong, a surrogate, over U+10FFFF, cut off. *charp is written if not 0.
 */
size_t cti_utf8_next(uint32_t *charp, const char *text, size_t len);

/** The length without a character that is cut off at the end. */
size_t cti_utf8_cut(const char *text, size_t len);

#endif /* CTI_BASE_UTF8_H */
