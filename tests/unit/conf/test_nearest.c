/* SPDX-License-Identifier: Apache-2.0 */
/* conf/test_nearest.c - edit distance and the word that was meant */
#include <string.h>

#include "conf/nearest.h"
#include "suites.h"

static const struct {
	const char *a;
	const char *b;
	size_t distance;
} pairs[] = {
	{"", "", 0},
	{"", "abc", 3},
	{"abc", "", 3},
	{"listen", "listen", 0},
	{"listen", "LISTEN", 0},
	{"listn", "listen", 1},
	{"llisten", "listen", 1},
	{"lissen", "listen", 1},
	{"litsen", "listen", 1},
	{"kitten", "sitting", 3},
	{"abcdef", "fedcba", 5},
	{"ab", "ba", 1},
};

START_TEST(edits_between_two_words_are_counted)
{
	ck_assert_uint_eq(cti_nearest_distance(pairs[_i].a, pairs[_i].b),
			  pairs[_i].distance);
	ck_assert_uint_eq(cti_nearest_distance(pairs[_i].b, pairs[_i].a),
			  pairs[_i].distance);
}
END_TEST

START_TEST(only_the_first_64_bytes_count)
{
	char a[200], b[200];

	memset(a, 'x', sizeof(a) - 1);
	memset(b, 'x', sizeof(b) - 1);
	a[sizeof(a) - 1] = b[sizeof(b) - 1] = '\0';
	b[150] = 'y';
	ck_assert_uint_eq(cti_nearest_distance(a, b), 0);
	b[10] = 'y';
	ck_assert_uint_eq(cti_nearest_distance(a, b), 1);
}
END_TEST

START_TEST(the_nearest_of_several_words_is_kept)
{
	struct cti_nearest nearest;

	cti_nearest_init(&nearest, "check-confg");
	ck_assert(!cti_nearest_offer(&nearest, "serve"));
	ck_assert(cti_nearest_offer(&nearest, "check-confess"));
	ck_assert(cti_nearest_offer(&nearest, "check-config"));
	ck_assert(!cti_nearest_offer(&nearest, "check-confxg"));
	ck_assert_str_eq(nearest.best, "check-config");
}
END_TEST

START_TEST(a_word_far_from_all_is_near_to_none)
{
	struct cti_nearest nearest;

	cti_nearest_init(&nearest, "zzzzzz");
	ck_assert(!cti_nearest_offer(&nearest, "serve"));
	ck_assert_ptr_null(nearest.best);
	cti_nearest_init(&nearest, "ab");
	ck_assert(!cti_nearest_offer(&nearest, "bp"));
	ck_assert(cti_nearest_offer(&nearest, "abc"));
}
END_TEST

Suite *suite_nearest(void)
{
	Suite *suite = suite_create("nearest");
	TCase *tc = tcase_create("nearest");

	tcase_add_loop_test(tc, edits_between_two_words_are_counted, 0,
			    sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_test(tc, only_the_first_64_bytes_count);
	tcase_add_test(tc, the_nearest_of_several_words_is_kept);
	tcase_add_test(tc, a_word_far_from_all_is_near_to_none);
	suite_add_tcase(suite, tc);
	return suite;
}
