/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_id.c - the ids of calls */
#include <string.h>

#include "cti/id.h"
#include "suites.h"

START_TEST(random_ids_are_valid_and_differ)
{
	char one[CTI_ID_SIZE];
	char two[CTI_ID_SIZE];

	cti_id_random(one);
	cti_id_random(two);
	ck_assert(cti_id_is_hex(one));
	ck_assert(cti_id_valid(one));
	ck_assert_int_eq(one[12], '4'); /* version */
	ck_assert_ptr_nonnull(strchr("89AB", one[16]));
	ck_assert_str_ne(one, two);
}
END_TEST

START_TEST(named_id_never_changes)
{
	char id[CTI_ID_SIZE];

	/* not from this code: Python's uuid5 of the same namespace */
	cti_id_named(id, "pbx1", "1700000000.42");
	ck_assert_str_eq(id, "50C416EA1D455CFEAB8BA1B33FF7D5CE");
	cti_id_named(id, "", "");
	ck_assert_str_eq(id, "C1E4B6BAB7015215B0A1E8FB24ED7F33");
}
END_TEST

START_TEST(named_id_of_a_long_ref_counts_each_byte)
{
	char instance[301];
	char ref[511];
	char id[CTI_ID_SIZE];
	char other[CTI_ID_SIZE];

	memset(ref, 'b', 510);
	ref[510] = '\0';
	cti_id_named(id, "a", ref); /* 512 bytes: still one piece */
	ck_assert_str_eq(id, "29CC29858CB05A378046806F37FD0027");

	memset(instance, 'i', 300);
	instance[300] = '\0';
	memset(ref, 'r', 500);
	ref[500] = '\0';
	cti_id_named(id, instance, ref);
	ck_assert_str_eq(id, "3348CC31DA7C521081539BD43B9DDD6F");
	ref[499] = 's';
	cti_id_named(other, instance, ref);
	ck_assert_str_ne(id, other);
}
END_TEST

START_TEST(instance_and_ref_do_not_run_together)
{
	char one[CTI_ID_SIZE];
	char two[CTI_ID_SIZE];

	cti_id_named(one, "ab", "c");
	cti_id_named(two, "a", "bc");
	ck_assert_str_ne(one, two);
	ck_assert_int_eq(one[12], '5');
}
END_TEST

START_TEST(valid_ids_are_letters_and_digits_up_to_35)
{
	ck_assert(cti_id_valid("a"));
	ck_assert(cti_id_valid("0123456789ABCDEFGHIJKLMNOPQRSTUVWxy"));
	ck_assert(!cti_id_valid("0123456789ABCDEFGHIJKLMNOPQRSTUVWxyz"));
	ck_assert(!cti_id_valid(""));
	ck_assert(!cti_id_valid(NULL));
	ck_assert(!cti_id_valid("a-b"));
	ck_assert(!cti_id_valid("a b"));
	ck_assert(!cti_id_valid("\xc3\xa4"));
	ck_assert(!cti_id_valid("abc\n"));
}
END_TEST

START_TEST(hex_ids_are_32_upper_case_digits)
{
	ck_assert(cti_id_is_hex("50C416EA1D455CFEAB8BA1B33FF7D5CE"));
	ck_assert(!cti_id_is_hex("50c416EA1D455CFEAB8BA1B33FF7D5CE"));
	ck_assert(!cti_id_is_hex("50C416EA1D455CFEAB8BA1B33FF7D5C"));
	ck_assert(!cti_id_is_hex("50C416EA1D455CFEAB8BA1B33FF7D5CE0"));
	ck_assert(!cti_id_is_hex("50C416EA1D455CFEAB8BA1B33FF7D5CG"));
	ck_assert(!cti_id_is_hex(NULL));
}
END_TEST

START_TEST(packed_id_comes_back_the_same)
{
	const char *id = "00FF16EA1D455CFEAB8BA1B33FF7D5CE";
	unsigned char blob[CTI_ID_BLOB];
	char back[CTI_ID_SIZE];

	cti_id_pack(blob, id);
	ck_assert_uint_eq(blob[0], 0x00);
	ck_assert_uint_eq(blob[1], 0xff);
	ck_assert_uint_eq(blob[15], 0xce);
	cti_id_unpack(back, blob);
	ck_assert_str_eq(back, id);
}
END_TEST

START_TEST(activity_uuid_has_one_form)
{
	static const char *const same[] = {
		"00163EA718FC1EEABDD5608C895BDC71",
		"00163ea718fc1eeabdd5608c895bdc71",
		"00163ea7-18fc-1eea-bdd5-608c895bdc71",
		"00163EA7-18FC-1eea-BDD5-608C895BDC71",
	};
	char out[64];

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		cti_id_activity(out, sizeof(out), same[i]);
		ck_assert_str_eq(out, same[0]);
	}
}
END_TEST

START_TEST(activity_uuid_of_another_shape_stays)
{
	static const char *const other[] = {
		"4711",
		"00163ea718fc-1eea-bdd5-608c895b-dc71",
		"{00163ea7-18fc-1eea-bdd5-608c895bdc71}",
		"00163ea7-18fc-1eea-bdd5-608c895bdc7g",
		"00163ea718fc1eeabdd5608c895bdc-1",
	};
	char out[64];

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		cti_id_activity(out, sizeof(out), other[i]);
		ck_assert_str_eq(out, other[i]);
	}
	cti_id_activity(out, sizeof(out), NULL);
	ck_assert_str_eq(out, "");
	cti_id_activity(out, sizeof(out), "");
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(activity_uuid_is_cut_at_a_character)
{
	char out[5];

	cti_id_activity(out, sizeof(out), "abc\xc3\xa4");
	ck_assert_str_eq(out, "abc");
	cti_id_activity(out, sizeof(out), "00163ea718fc1eeabdd5608c895bdc71");
	ck_assert_str_eq(out, "0016");
	cti_id_activity(out, 1, "abc");
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(tokens_are_64_hex_digits_and_differ)
{
	char one[65];
	char two[65];

	ck_assert_int_eq(cti_id_token(one), 0);
	ck_assert_int_eq(cti_id_token(two), 0);
	ck_assert_uint_eq(strlen(one), 64);
	ck_assert_uint_eq(strspn(one, "0123456789abcdef"), 64);
	ck_assert_str_ne(one, two);
}
END_TEST

Suite *id_suite(void)
{
	Suite *suite = suite_create("id");
	TCase *tcase = tcase_create("id");

	tcase_add_test(tcase, random_ids_are_valid_and_differ);
	tcase_add_test(tcase, named_id_never_changes);
	tcase_add_test(tcase, named_id_of_a_long_ref_counts_each_byte);
	tcase_add_test(tcase, instance_and_ref_do_not_run_together);
	tcase_add_test(tcase, valid_ids_are_letters_and_digits_up_to_35);
	tcase_add_test(tcase, hex_ids_are_32_upper_case_digits);
	tcase_add_test(tcase, packed_id_comes_back_the_same);
	tcase_add_test(tcase, activity_uuid_has_one_form);
	tcase_add_test(tcase, activity_uuid_of_another_shape_stays);
	tcase_add_test(tcase, activity_uuid_is_cut_at_a_character);
	tcase_add_test(tcase, tokens_are_64_hex_digits_and_differ);
	suite_add_tcase(suite, tcase);
	return suite;
}
