/* SPDX-License-Identifier: Apache-2.0 */
/* base/id.c - the ids of calls */
#include "cti/id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <uuid/uuid.h>

#include "base/utf8.h"

enum {
	NAME_PIECE = 512, /* bytes of a name hashed at once */
	TOKEN_BYTES = 32,
};

/* The namespace of all legs. Another one would change every id: never do. */
static const uuid_t id_space = {0x76, 0xdd, 0x21, 0xff, 0x88, 0x8b, 0x4d, 0x1b,
				0xa1, 0xd0, 0x2e, 0x70, 0x01, 0xb3, 0xac, 0x66};

static const char upper_digits[] = "0123456789ABCDEF";
static const char lower_digits[] = "0123456789abcdef";

static void hex_write(char *out, const unsigned char *bytes, size_t len,
		      const char *digits)
{
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	out[2 * len] = '\0';
}

/* Value of a hex digit, -1 for anything else. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* libuuid makes ten system calls of one such id, the kernel needs one. */
void cti_id_random(char id[CTI_ID_SIZE])
{
	uuid_t uuid;

	if (getentropy(uuid, sizeof(uuid)))
		uuid_generate_random(uuid);
	uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40); /* version 4 */
	uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80); /* RFC 9562 */
	cti_id_unpack(id, uuid);
}

/* What a name is collected in; a long one is hashed piece by piece. */
struct name {
	uuid_t hash;
	size_t len;
	char piece[NAME_PIECE];
};

static void name_fold(struct name *name)
{
	uuid_t space;

	memcpy(space, name->hash, sizeof(space));
	uuid_generate_sha1(name->hash, space, name->piece, name->len);
	name->len = 0;
}

static void name_add(struct name *name, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name->len == NAME_PIECE)
			name_fold(name);
		name->piece[name->len++] = text[i];
	}
}

void cti_id_named(char id[CTI_ID_SIZE], const char *instance, const char *ref)
{
	struct name name;

	name.len = 0;
	memcpy(name.hash, id_space, sizeof(name.hash));
	name_add(&name, instance, strlen(instance));
	name_add(&name, "\x1f", 1);
	name_add(&name, ref, strlen(ref));
	name_fold(&name);
	cti_id_unpack(id, name.hash);
}

static bool char_is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

bool cti_id_valid(const char *id)
{
	size_t len = 0;

	for (; id && id[len]; len++) {
		if (len == CTI_ID_MAX || !char_is_alnum(id[len]))
			return false;
	}
	return len > 0;
}

bool cti_id_is_hex(const char *id)
{
	size_t len = 0;

	for (; id && id[len]; len++) {
		if (len == CTI_ID_LEN || id[len] >= 'a' ||
		    hex_value(id[len]) < 0)
			return false;
	}
	return len == CTI_ID_LEN;
}

void cti_id_pack(unsigned char blob[CTI_ID_BLOB], const char *id)
{
	for (size_t i = 0; i < CTI_ID_BLOB; i++) {
		unsigned int high = (unsigned int)hex_value(id[2 * i]);
		unsigned int low = (unsigned int)hex_value(id[2 * i + 1]);

		blob[i] = (unsigned char)((high << 4 | low) & 0xff);
	}
}

void cti_id_unpack(char id[CTI_ID_SIZE], const unsigned char blob[CTI_ID_BLOB])
{
	hex_write(id, blob, CTI_ID_BLOB, upper_digits);
}

static bool dash_stands_at(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

/* A UUID, 32 digits or 36 characters with dashes, into 32 upper-case ones. */
static bool uuid_read(char out[CTI_ID_LEN + 1], const char *text)
{
	size_t len = strlen(text);
	size_t filled = 0;

	if (len != CTI_ID_LEN && len != CTI_ID_LEN + 4)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool dash = len > CTI_ID_LEN && dash_stands_at(i);
		int value = hex_value(text[i]);

		if (dash ? text[i] != '-' : value < 0)
			return false;
		if (!dash)
			out[filled++] = upper_digits[value];
	}
	out[filled] = '\0';
	return true;
}

void cti_id_activity(char *out, size_t size, const char *text)
{
	char uuid[CTI_ID_LEN + 1];

	if (!size)
		return;
	if (!text)
		text = "";
	else if (uuid_read(uuid, text))
		text = uuid;

	size_t len = strlen(text);

	if (len >= size)
		len = cti_utf8_cut(text, size - 1);
	memcpy(out, text, len);
	out[len] = '\0';
}

int cti_id_token(char token[65])
{
	unsigned char bytes[TOKEN_BYTES];

	if (getentropy(bytes, sizeof(bytes)))
		return -errno;
	hex_write(token, bytes, sizeof(bytes), lower_digits);
	return 0;
}
