/* SPDX-License-Identifier: Apache-2.0 */
/* number/table.h - numbers and what must become of them, row by row */
#ifndef TEST_NUMBER_TABLE_H
#define TEST_NUMBER_TABLE_H

#include <check.h>
#include <stddef.h>

#include "cti/number.h"
#include "number/rules.h"

/** The configurations the rows are tried with. */
enum table_rules {
	PLAIN, /* all at its default: no region */
	DE,    /* region alone, international, 4 digits of extension */
	US,
	FR,
	IT,
	GB,
	AU,
	AT,
	BE,
	ES,
	HK,
	CH,
	DE_PBX,	  /* national, outside line 0, codes, 3 digits */
	US_PBX,	  /* national, outside line 9, prefix 011, no extensions */
	AT_PBX,	  /* national, no outside line */
	DE_ONLY,  /* dial.countries = DE, AT, +41 */
	STRICT,	  /* DE with own premium and emergency entries */
	LONG_EXT, /* DE, outside line 0, 6 digits of extension */
	TABLE_RULES
};

/** code NULL: dialed, with e164 and dialed; else refused with that slug. */
struct table_row {
	const char *text;
	enum table_rules rules;
	const char *code;
	const char *e164;
	const char *dialed;
};

const struct number_rules *table_rules_find(enum table_rules rules);
struct cti_numbers *table_numbers(enum table_rules rules);
/** Tries all rows; fails with every row that went wrong on stderr. */
void table_run(const struct table_row *rows, size_t count);

#define TABLE_RUN(rows) table_run(rows, sizeof(rows) / sizeof(*(rows)))

Suite *gate_suite(void);
Suite *plan_suite(void);
Suite *policy_suite(void);
Suite *dialstring_suite(void);
Suite *inbound_suite(void);
Suite *explain_suite(void);
Suite *rules_suite(void);
Suite *throw_suite(void);
Suite *hostile_suite(void);

#endif /* TEST_NUMBER_TABLE_H */
