/* SPDX-License-Identifier: Apache-2.0 */
/* conf/value.c - from texts to a checked value, by the key's row */
#include "conf/value.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/nearest.h"
#include "conf/schema.h"
#include "cti/json.h"

enum {
	SHOWN_MAX = 40,	      /* bytes of a wrong value that are repeated */
	ITEM_MAX_BYTES = 255, /* of a list */
	WORD_SIZE = 32,
};

/* --- texts --- */

int cti_texts_add(struct cti_texts *texts, const char *text, size_t len)
{
	char **items =
		realloc(texts->items, (texts->count + 1) * sizeof(*items));

	if (!items)
		return -ENOMEM;
	texts->items = items;
	items[texts->count] = strndup(text, len);
	if (!items[texts->count])
		return -ENOMEM;
	texts->count++;
	return 0;
}

static int texts_add_trimmed(struct cti_texts *texts, const char *text,
			     size_t len)
{
	while (len && isblank((unsigned char)text[0])) {
		text++;
		len--;
	}
	while (len && isblank((unsigned char)text[len - 1]))
		len--;
	return cti_texts_add(texts, text, len);
}

int cti_texts_split(struct cti_texts *texts, const char *list)
{
	if (!list[strspn(list, " \t")])
		return 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		int err = texts_add_trimmed(texts, list, len);

		if (err)
			return err;
		if (!list[len])
			return 0;
		list += len + 1;
	}
}

void cti_texts_fini(struct cti_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct cti_texts){0};
}

/* --- checks, one a type --- */

#define refuse(err, ...)                                                       \
	cti_err_set((err), EINVAL, CTI_ERR_BAD_REQUEST, __VA_ARGS__)

static int check_number_range(int64_t number, const struct cti_key *key,
			      struct cti_err *err)
{
	if (number < key->min)
		return refuse(err, "%" PRId64 " is under %" PRId64, number,
			      key->min);
	if (number > key->max)
		return refuse(err, "%" PRId64 " is over %" PRId64, number,
			      key->max);
	return 0;
}

static int check_int(int64_t *numberp, const struct cti_key *key,
		     const char *text, struct cti_err *err)
{
	long long number;
	char *end = NULL;
	int e;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (end == text || *end || isspace((unsigned char)text[0]))
		return refuse(err, "\"%.*s\" is not a whole number", SHOWN_MAX,
			      text);
	if (errno == ERANGE)
		return refuse(err, "%.*s is %s %" PRId64, SHOWN_MAX, text,
			      number < 0 ? "under" : "over",
			      number < 0 ? key->min : key->max);
	e = check_number_range(number, key, err);
	if (!e)
		*numberp = number;
	return e;
}

static int check_bool(int64_t *numberp, const struct cti_key *key,
		      const char *text, struct cti_err *err)
{
	static const char *const words[][2] = {
		{"false", "true"}, {"no", "yes"}, {"off", "on"}, {"0", "1"}};

	(void)key; /* every truth is the same */
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (int truth = 0; truth <= 1; truth++) {
			if (strcasecmp(text, words[i][truth]))
				continue;
			*numberp = truth;
			return 0;
		}
	}
	return refuse(err, "\"%.*s\" is not true or false", SHOWN_MAX, text);
}

static int refuse_word(const struct cti_key *key, const char *text,
		       const char *best, struct cti_err *err)
{
	if (best)
		return refuse(err, "\"%.*s\" is not one of %s (%s?)", SHOWN_MAX,
			      text, key->words, best);
	return refuse(err, "\"%.*s\" is not one of %s", SHOWN_MAX, text,
		      key->words);
}

static int check_word(int64_t *numberp, const struct cti_key *key,
		      const char *text, struct cti_err *err)
{
	char word[WORD_SIZE], best[WORD_SIZE];
	struct cti_nearest nearest;

	(void)numberp; /* a word has none */
	cti_nearest_init(&nearest, text);
	for (const char *at = key->words; *at; at += *at == '|') {
		size_t len = strcspn(at, "|");

		assert(len < sizeof(word));
		memcpy(word, at, len);
		word[len] = '\0';
		if (!strcmp(word, text))
			return 0;
		if (cti_nearest_offer(&nearest, word))
			memcpy(best, word, len + 1);
		at += len;
	}
	return refuse_word(key, text, nearest.best ? best : NULL, err);
}

static bool text_matches(const char *pattern, const char *text)
{
	regex_t regex;
	int failed = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (failed) /* the table's patterns are unit tested: out of memory */
		return false;
	failed = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return !failed;
}

static bool text_has_control(const char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			return true;
	}
	return false;
}

/* What a text and each item of a list must be. */
static int check_form(const struct cti_key *key, const char *text, int64_t max,
		      struct cti_err *err)
{
	if ((uint64_t)strlen(text) > (uint64_t)max)
		return refuse(err, "\"%.*s...\" is over %" PRId64 " bytes", 8,
			      text, max);
	if (text_has_control(text))
		return refuse(err, "the text has a control character");
	if (!cti_utf8_valid(text, strlen(text), NULL))
		return refuse(err, "the text is not UTF-8");
	if (key->pattern && *text && !text_matches(key->pattern, text))
		return refuse(err, "\"%.*s\" is not %s", SHOWN_MAX, text,
			      key->form);
	return 0;
}

static int check_text(int64_t *numberp, const struct cti_key *key,
		      const char *text, struct cti_err *err)
{
	(void)numberp; /* a text has none */
	if (!*text && key->min)
		return refuse(err, "it must not be empty");
	return check_form(key, text, key->max, err);
}

static int check_list(const struct cti_key *key, const struct cti_texts *texts,
		      struct cti_err *err)
{
	int64_t count = (int64_t)texts->count;

	if (count < key->min)
		return refuse(err, "%" PRId64 " items are under %" PRId64,
			      count, key->min);
	if (count > key->max)
		return refuse(err, "%" PRId64 " items are over %" PRId64, count,
			      key->max);
	for (size_t i = 0; i < texts->count; i++) {
		const char *text = texts->items[i];
		int e = check_form(key, text, ITEM_MAX_BYTES, err);

		if (e)
			return e;
		if (!*text)
			return refuse(err, "item %zu is empty", i + 1);
	}
	return 0;
}

static int value_check(int64_t *numberp, const struct cti_key *key,
		       const struct cti_texts *texts, struct cti_err *err)
{
	static int (*const check[])(int64_t *, const struct cti_key *,
				    const char *, struct cti_err *) = {
		[CTI_KEY_TEXT] = check_text,
		[CTI_KEY_INT] = check_int,
		[CTI_KEY_BOOL] = check_bool,
		[CTI_KEY_WORD] = check_word,
	};

	if (key->type == CTI_KEY_LIST)
		return check_list(key, texts, err);
	assert(texts->count == 1);
	return check[key->type](numberp, key, texts->items[0], err);
}

int cti_value_take(struct cti_value *value, const struct cti_key *key,
		   struct cti_texts *texts, struct cti_err *err)
{
	int64_t number = 0;
	int e = value_check(&number, key, texts, err);

	if (e)
		return e;
	cti_texts_fini(&value->texts);
	value->texts = *texts;
	value->number = number;
	*texts = (struct cti_texts){0};
	return 0;
}

void cti_value_fini(struct cti_value *value)
{
	cti_texts_fini(&value->texts);
}
