/* SPDX-License-Identifier: Apache-2.0 */
/* number/numbers.c - the rules, checked and copied once */
#include "number/numbers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "number/rules.h"

static const char digit_set[] = "0123456789";

enum { CALLING_CODE_DIGITS = 3 };

typedef bool(number_check_fn)(const char *item);

static bool digits_only(const char *text)
{
	return text[0] && text[strspn(text, digit_set)] == '\0';
}

static bool check_prefix(const char *item)
{
	return digits_only(item + (item[0] == '+'));
}

static bool check_feature(const char *item)
{
	return cti_number_dialable(item) && !strchr(item, '+');
}

static void words_fini(struct number_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

static int words_copy(struct number_words *words,
		      const struct number_list *list, const char *key,
		      number_check_fn *check)
{
	words->items = calloc(list->count + 1, sizeof(*words->items));
	if (!words->items)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		if (!check(list->items[i])) {
			log_error("number: %s: \"%s\" is not possible there",
				  key, list->items[i]);
			return -EINVAL;
		}
		words->items[i] = strdup(list->items[i]);
		if (!words->items[i])
			return -ENOMEM;
		words->count++;
	}
	return 0;
}

/* Two letters in upper case; anything else is left for the library. */
static void region_copy(char out[4], const char *text)
{
	size_t i;

	for (i = 0; i < 3 && text[i]; i++)
		out[i] = text[i] >= 'a' && text[i] <= 'z'
				 ? (char)(text[i] - 'a' + 'A')
				 : text[i];
	out[i] = '\0';
}

static bool country_read(struct number_country *country, const char *item)
{
	const char *digits = item + (item[0] == '+');

	if (digits_only(digits) && strlen(digits) <= CALLING_CODE_DIGITS) {
		country->code = (int)strtol(digits, NULL, 10);
		return cti_phonelib_has_code(country->code);
	}
	if (strlen(item) != 2)
		return false;
	region_copy(country->region, item);
	country->code = cti_phonelib_code(country->region);
	return country->code != 0;
}

static int countries_read(struct cti_numbers *n, const struct number_list *list)
{
	n->countries = calloc(list->count + 1, sizeof(*n->countries));
	if (!n->countries)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		if (!country_read(&n->countries[i], list->items[i])) {
			log_error("number: dial.countries: \"%s\" is neither a "
				  "country (DE) nor a calling code (+49)",
				  list->items[i]);
			return -EINVAL;
		}
		n->country_count++;
	}
	return 0;
}

static int prefix_copy(char *out, size_t size, const char *text,
		       const char *key)
{
	if (!text)
		text = "";
	if ((text[0] && !check_prefix(text) && !check_feature(text) &&
	     strcmp(text, "+") != 0) ||
	    strlen(text) >= size) {
		log_error("number: %s: \"%s\" cannot be dialed", key, text);
		return -EINVAL;
	}
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int region_read(struct cti_numbers *n, const char *region)
{
	int err;

	region_copy(n->region, region ? region : "");
	err = cti_phonelib_new(&n->lib, n->region);
	if (err == -EINVAL)
		log_error("number: number.region: \"%s\" is no country",
			  region);
	if (err)
		return err;
	n->own_code = n->region[0] ? cti_phonelib_code(n->region) : 0;
	return 0;
}

static int lists_read(struct cti_numbers *n, const struct number_rules *rules)
{
	int err = countries_read(n, &rules->countries);

	if (err)
		return err;
	err = words_copy(&n->premium, &rules->premium, "dial.premium",
			 check_prefix);
	if (err)
		return err;
	err = words_copy(&n->emergency, &rules->emergency, "dial.emergency",
			 digits_only);
	if (err)
		return err;
	return words_copy(&n->feature_codes, &rules->feature_codes,
			  "dial.feature_codes", check_feature);
}

static int numbers_fill(struct cti_numbers *n, const struct number_rules *rules)
{
	int err = region_read(n, rules->region);

	if (err)
		return err;
	err = prefix_copy(
		n->international_prefix, sizeof(n->international_prefix),
		rules->international_prefix, "dial.international_prefix");
	if (err)
		return err;
	err = prefix_copy(n->outside_line, sizeof(n->outside_line),
			  rules->outside_line, "dial.outside_line");
	if (err)
		return err;
	n->own_national = rules->own_national;
	n->extension_digits = rules->extension_digits;
	return lists_read(n, rules);
}

int cti_numbers_new_rules(struct cti_numbers **np,
			  const struct number_rules *rules)
{
	struct cti_numbers *n = calloc(1, sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	err = numbers_fill(n, rules);
	if (err)
		goto out;
	*np = n;
	n = NULL; /* now owned by the caller */
out:
	cti_numbers_destroy(n);
	return err;
}

void cti_numbers_replace(struct cti_numbers *n, struct cti_numbers *other)
{
	struct cti_numbers old = *n;

	*n = *other;
	*other = old;
	cti_numbers_destroy(other);
}

void cti_numbers_destroy(struct cti_numbers *n)
{
	if (!n)
		return;
	cti_phonelib_destroy(n->lib);
	words_fini(&n->premium);
	words_fini(&n->emergency);
	words_fini(&n->feature_codes);
	free(n->countries);
	free(n);
}
