/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint.h - a message as the rules see it, whatever it was written in */
#ifndef SAP_LINT_H
#define SAP_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/sap.h"

enum {
	LINT_SIZE_MAX = 65536, /* bytes of a message */
	LINT_FIELDS_MAX = 64,  /* SAP documents two dozen */
	LINT_LAYERS_MAX = 2,   /* texts inside texts that are opened */
	LINT_NAME = 64,
	LINT_HINT = 200,
};

enum lint_kind {
	LINT_TEXT,   /* a string; everything in XML */
	LINT_OTHER,  /* number, boolean, null */
	LINT_NESTED, /* object, array, element with elements */
};

/** A field of the payload; texts owned by the message. */
struct lint_field {
	char *name;
	char *value; /* "" for null and for LINT_NESTED */
	enum lint_kind kind;
};

/** What the readers find wrong about the form; each has its rule. */
enum lint_flaw {
	LINT_NO_FLAW,
	LINT_TOO_LARGE,
	LINT_EMPTY,
	LINT_TOO_MANY,
	LINT_JSON_SYNTAX,
	LINT_JSON_STRING,
	LINT_NO_OBJECT,
	LINT_FROM_SAP,
	LINT_NO_WRAPPER,
	LINT_FOREIGN,
	LINT_PAYLOAD_TEXT,
	LINT_XML_SYNTAX,
	LINT_XML_ESCAPE,
	LINT_XML_DOCTYPE,
	LINT_XML_ROOT,
	LINT_XML_ATTRIBUTE,
	LINT_TWICE,
	LINT_FLAW_MAX
};

struct lint_seen {
	bool seen;
	char field[LINT_NAME]; /* "" = none */
	char hint[LINT_HINT];  /* a further sentence, or "" */
};

struct lint_msg {
	struct lint_field field[LINT_FIELDS_MAX];
	size_t nfields;
	bool wrapped;  /* inside `payload` already */
	bool readable; /* the fields are what was meant: rules make sense */
	struct lint_seen flaw[LINT_FLAW_MAX];
};

/** Adds a field (copies); over LINT_FIELDS_MAX only the flaw. -ENOMEM. */
int cti_lint_field_add(struct lint_msg *msg, const char *name,
		       const char *value, enum lint_kind kind) CTI_NODISCARD;
/** NULL when absent. */
const struct lint_field *cti_lint_field_find(const struct lint_msg *msg,
					     const char *name);
/** Notes a flaw; the first of its kind stays. field, hint may be NULL. */
void cti_lint_flaw(struct lint_msg *msg, enum lint_flaw flaw, const char *field,
		   const char *hint);

/*
 * The readers. 0 whatever the text is, -ENOMEM. layer counts the texts that
 * were opened to get here.
 */
int cti_lint_read(struct lint_msg *msg, const char *text, size_t len,
		  int layer) CTI_NODISCARD;
int cti_lint_read_json(struct lint_msg *msg, const char *text, size_t len,
		       int layer) CTI_NODISCARD;
int cti_lint_read_xml(struct lint_msg *msg, const char *text,
		      size_t len) CTI_NODISCARD;

/** What a check is asked about. */
struct lint_probe {
	const struct lint_msg *msg;
	const struct lint_field *field; /* the rule's field; NULL if absent */
	const char *value;		/* its value; "" if absent */
	char hint[LINT_HINT];		/* a check may add a sentence */
};
typedef bool lint_check_fn(struct lint_probe *probe);

struct lint_rule {
	const char *id; /* stable */
	enum cti_severity severity;
	const char *field; /* asked about and reported; "*" = each; or NULL */
	const char *sentence;
	const char *kba;
	lint_check_fn *check; /* NULL: a flaw of the form, or see below */
	enum lint_flaw flaw;  /* LINT_NO_FLAW without check: only documented,
			       * one message cannot show it */
};
extern const struct lint_rule cti_lint_rules[];
extern const size_t cti_lint_nrules;

/** A field that SAP documents. */
bool cti_lint_known(const char *name);
/** The field that name was probably meant to be; NULL = no idea. */
const char *cti_lint_guess(const char *name);
/** The word of words (NULL-terminated) that differs in case only. */
const char *cti_lint_guess_word(const char *text, const char *const *words);

#endif /* SAP_LINT_H */
