/* SPDX-License-Identifier: Apache-2.0 */
/* number/table.c - numbers and what must become of them, row by row */
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const pbx_codes[] = {"*97", "*21*0301234567#", "*31#112",
					"*112", "112"};
static const char *const only_countries[] = {"DE", "AT", "+41"};
static const char *const strict_premium[] = {"0800", "+4930999", "700"};
static const char *const strict_emergency[] = {"4711", "115"};

#define REGION_RULES(iso)                                                      \
	{                                                                      \
		.region = (iso), .international_prefix = "00",                 \
		.extension_digits = 4,                                         \
	}

static const struct number_rules rules_table[TABLE_RULES] = {
	[PLAIN] = REGION_RULES(""),
	[DE] = REGION_RULES("DE"),
	[US] = REGION_RULES("US"),
	[FR] = REGION_RULES("FR"),
	[IT] = REGION_RULES("IT"),
	[GB] = REGION_RULES("GB"),
	[AU] = REGION_RULES("AU"),
	[AT] = REGION_RULES("AT"),
	[BE] = REGION_RULES("BE"),
	[ES] = REGION_RULES("ES"),
	[HK] = REGION_RULES("HK"),
	[CH] = REGION_RULES("CH"),
	[DE_PBX] = {.region = "DE",
		    .international_prefix = "00",
		    .outside_line = "0",
		    .own_national = true,
		    .extension_digits = 3,
		    .feature_codes = {pbx_codes, 5}},
	[US_PBX] = {.region = "US",
		    .international_prefix = "011",
		    .outside_line = "9",
		    .own_national = true},
	[AT_PBX] = {.region = "AT",
		    .international_prefix = "+",
		    .own_national = true,
		    .extension_digits = 2},
	[DE_ONLY] = {.region = "DE",
		     .international_prefix = "00",
		     .countries = {only_countries, 3}},
	[STRICT] = {.region = "DE",
		    .international_prefix = "00",
		    .extension_digits = 4,
		    .premium = {strict_premium, 3},
		    .emergency = {strict_emergency, 2}},
	[LONG_EXT] = {.region = "DE",
		      .international_prefix = "00",
		      .outside_line = "0",
		      .extension_digits = 6},
};

const struct number_rules *table_rules_find(enum table_rules rules)
{
	return &rules_table[rules];
}

struct cti_numbers *table_numbers(enum table_rules rules)
{
	struct cti_numbers *n = NULL;

	ck_assert_int_eq(cti_numbers_new_rules(&n, &rules_table[rules]), 0);
	return n;
}

/* It is shown to people as it is. */
static bool is_sentence(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[0] >= 'A' && text[0] <= 'Z' &&
	       text[len - 1] == '.' && text[len - 2] != '.';
}

static bool row_refused(const struct table_row *row, int rc,
			const struct cti_err *err)
{
	const struct cti_problem *problem = cti_problem_find(err->code);

	return rc == (problem->status == 403 ? -EACCES : -EINVAL) &&
	       strcmp(problem->slug, row->code) == 0 && is_sentence(err->text);
}

static bool row_dialed(const struct table_row *row,
		       const struct cti_number *number)
{
	return strcmp(number->e164, row->e164) == 0 &&
	       strcmp(number->dialed, row->dialed) == 0 &&
	       cti_number_dialable(number->dialed);
}

static bool row_passes(const struct cti_numbers *n, const struct table_row *row)
{
	struct cti_number number = {.kind = CTI_NUMBER_E164};
	struct cti_err err = {.code = CTI_OK};
	int rc = cti_number_outbound(n, &number, row->text, &err);
	bool fine;

	if (row->code)
		fine = row_refused(row, rc, &err) && !number.dialed[0];
	else
		fine = rc == 0 && row_dialed(row, &number);
	if (!fine)
		fprintf(stderr, "rules %d \"%s\": %d %s \"%s\" %s %s\n",
			(int)row->rules, row->text ? row->text : "(null)", rc,
			cti_problem_find(err.code)->slug, err.text, number.e164,
			number.dialed);
	return fine;
}

void table_run(const struct table_row *rows, size_t count)
{
	struct cti_numbers *made[TABLE_RULES] = {NULL};
	size_t wrong = 0;

	/* twice: a number that comes again may be answered from memory */
	for (size_t i = 0; i < 2 * count; i++) {
		const struct table_row *row = &rows[i % count];
		enum table_rules rules = row->rules;

		if (!made[rules])
			made[rules] = table_numbers(rules);
		if (!row_passes(made[rules], row))
			wrong++;
	}
	for (size_t i = 0; i < TABLE_RULES; i++)
		cti_numbers_destroy(made[i]);
	ck_assert_uint_eq(wrong, 0);
}
