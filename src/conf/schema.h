/* SPDX-License-Identifier: Apache-2.0 */
/* conf/schema.h - the one table of configuration keys */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cti_key_type {
	CTI_KEY_TEXT, /* min and max: its length in bytes */
	CTI_KEY_INT,  /* min and max: its value */
	CTI_KEY_BOOL,
	CTI_KEY_WORD, /* one of words */
	CTI_KEY_LIST, /* texts; min and max: how many */
};

/** One key; everything that is known about it stands here, once. */
struct cti_key {
	const char *section;
	const char *name;
	const char *fallback; /* the default as text; a list: with commas */
	const char *words;    /* "json|xml"; only of a WORD */
	const char *pattern;  /* extended regex of a text or list item */
	const char *form;     /* the pattern in words: "ADDRESS:PORT" */
	const char *help;     /* one sentence */
	int64_t min;
	int64_t max;
	enum cti_key_type type;
};

enum {
	CTI_KEY_SIZE = 64, /* room for any "section.key" of the table */
};

/** The table, sections together; *countp gets its length. */
const struct cti_key *cti_schema_keys(size_t *countp);
/** The key of "section.key"; NULL = unknown. */
const struct cti_key *cti_schema_find(const char *dotted);
/** The same by its two names. */
const struct cti_key *cti_schema_find_in(const char *section, const char *name);
/** Its place in the table. */
size_t cti_schema_index(const struct cti_key *key);
/** Whether a section has that name. */
bool cti_schema_has_section(const char *section);
/** Whether its section comes once for each title (agent "ID"). */
bool cti_schema_titled(const struct cti_key *key);
/** Writes "section.key" to out (CTI_KEY_SIZE bytes). */
void cti_schema_dotted(char *out, const struct cti_key *key);
/** Writes "PATCHCORD_SECTION_KEY" to out (CTI_KEY_SIZE bytes). */
void cti_schema_env(char *out, const struct cti_key *key);
/** Type and range for people: "0 to 60", "json|xml", "list of 1 to 16 …". */
void cti_schema_range(char *out, size_t size, const struct cti_key *key);

#endif /* CONF_SCHEMA_H */
