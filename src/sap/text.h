/* SPDX-License-Identifier: Apache-2.0 */
/* sap/text.h - what a value for SAP may hold */
#ifndef SAP_TEXT_H
#define SAP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Length of the character at text when XML 1.0 forbids it (control characters
 * other than tab, line feed and carriage return; U+FFFE, U+FFFF), else 0.
 * text is NUL-terminated UTF-8.
 */
size_t cti_text_illegal(const char *text);

/** True for NULL, "" and nothing but white space. */
bool cti_text_blank(const char *text);

/** One of the words, NULL-terminated; NULL is none. */
bool cti_text_among(const char *text, const char *const *words);

#endif /* SAP_TEXT_H */
