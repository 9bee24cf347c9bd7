/* SPDX-License-Identifier: Apache-2.0 */
/* cti/id.h - the ids of calls: what SAP takes as ExternalReferenceID */
#ifndef CTI_ID_H
#define CTI_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"

enum {
	CTI_ID_LEN = 32,  /* what we make: upper-case hex digits */
	CTI_ID_MAX = 35,  /* what SAP takes: letters and digits, KBA 3481409 */
	CTI_ID_SIZE = 36, /* room for one with its NUL */
	CTI_ID_BLOB = 16, /* one of ours as bytes */
};

/** A random UUID (RFC 9562 version 4) as 32 upper-case hex digits. */
void cti_id_random(char id[CTI_ID_SIZE]);

/**
 * The SHA-1 name-based UUID (version 5) of a leg: the same instance and ref
 * give the same id in every relay and after every restart. The namespace is
 * compiled in and never changes. Name = instance, 0x1f, ref; what is longer
 * than 512 bytes is hashed in pieces, each with the hash before as namespace.
 */
void cti_id_named(char id[CTI_ID_SIZE], const char *instance, const char *ref);

/** ^[0-9A-Za-z]{1,35}$ (KBA 3481409). */
bool cti_id_valid(const char *id);
/** ^[0-9A-F]{32}$: one of ours, so it has a 16-byte form. */
bool cti_id_is_hex(const char *id);
/** To bytes and back; id must be cti_id_is_hex(). */
void cti_id_pack(unsigned char blob[CTI_ID_BLOB], const char *id);
void cti_id_unpack(char id[CTI_ID_SIZE], const unsigned char blob[CTI_ID_BLOB]);

/**
 * ActivityUUID in canonical form: a UUID with or without dashes, any case,
 * becomes 32 upper-case hex digits; any other text is copied as it is; out
 * is "" for NULL or empty. Texts longer than size - 1 are cut.
 */
void cti_id_activity(char *out, size_t size, const char *text);

enum { CTI_TOKEN_SIZE = 65 };
/** 256 random bits as 64 lower-case hex digits: the page's token. 0, -errno. */
int cti_id_token(char token[CTI_TOKEN_SIZE]) CTI_NODISCARD;

#endif /* CTI_ID_H */
