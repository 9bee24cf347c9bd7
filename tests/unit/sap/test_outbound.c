/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_outbound.c - SAP's click is read in every form it may have */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

/* The payload of KBA 3481409, on one line and with quotes escaped. */
#define KBA                                                                    \
	"{\"PhoneNumber\": \"+1 6503054000\","                                 \
	"\"ActivityUUID\": \"00163EA718FC1EEABDD5608C895BDC71\","              \
	"\"BusinessPartnerID\":\"1545766\",\"Direction\":\"OUT\","             \
	"\"ESObjectID\":\"COD_CONTACT_ES_CO\","                                \
	"\"LoggedInUserID\":\"SERVICEAGENT01\",\"ObjectID\":\"1545766\"}"

/* text as a JSON string. */
static void quote(char *out, size_t size, const char *text)
{
	size_t n = 0;

	out[n++] = '"';
	for (; *text && n + 3 < size; text++) {
		if (*text == '"' || *text == '\\')
			out[n++] = '\\';
		out[n++] = *text;
	}
	out[n++] = '"';
	out[n] = '\0';
}

static void check_kba(const char *body)
{
	struct cti_outbound out;
	struct cti_err err;

	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), &err), 0);
	ck_assert_str_eq(out.number, "+1 6503054000");
	ck_assert_str_eq(out.activity_uuid, "00163EA718FC1EEABDD5608C895BDC71");
	ck_assert_str_eq(out.user, "SERVICEAGENT01");
	ck_assert_str_eq(out.bp, "1545766");
	ck_assert_str_eq(out.crm, KBA);
	cti_outbound_fini(&out);
}

START_TEST(kba_payload_is_read_flat)
{
	check_kba(KBA);
}
END_TEST

START_TEST(kba_payload_is_read_under_payload)
{
	check_kba("{\"payload\": " KBA "}");
}
END_TEST

START_TEST(kba_payload_is_read_as_a_json_string)
{
	char body[2048];

	quote(body, sizeof(body), KBA);
	check_kba(body);
}
END_TEST

START_TEST(kba_payload_is_read_as_a_string_with_wrapper)
{
	char body[2048];

	quote(body, sizeof(body), "{\"payload\":" KBA "}");
	check_kba(body);
}
END_TEST

START_TEST(kba_payload_is_read_as_a_string_under_payload)
{
	char text[2048];
	char body[2200];

	quote(text, sizeof(text), KBA);
	(void)snprintf(body, sizeof(body), "{\"payload\":%s}", text);
	check_kba(body);
}
END_TEST

START_TEST(phone_number_alone_is_enough)
{
	static const char body[] = "{\"PhoneNumber\":\"110\"}";
	struct cti_outbound out;

	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), NULL), 0);
	ck_assert_str_eq(out.number, "110");
	ck_assert_ptr_null(out.activity_uuid);
	ck_assert_ptr_null(out.user);
	ck_assert_ptr_null(out.bp);
	cti_outbound_fini(&out);
}
END_TEST

START_TEST(empty_texts_are_absent_and_unknown_keys_are_kept)
{
	static const char body[] =
		"{ \"PhoneNumber\":\"1\",\"ActivityUUID\":\"\","
		"\"LoggedInUserID\":\"\",\"payload\":7,\"x\" : [1, {}]}";
	struct cti_outbound out;

	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), NULL), 0);
	ck_assert_ptr_null(out.activity_uuid);
	ck_assert_ptr_null(out.user);
	ck_assert_str_eq(out.crm, body);
	cti_outbound_fini(&out);
}
END_TEST

static const struct {
	const char *came;
	const char *canonical;
} uuids[] = {
	{"00163ea7-18fc-1eea-bdd5-608c895bdc71",
	 "00163EA718FC1EEABDD5608C895BDC71"},
	{"00163ea718fc1eeabdd5608c895bdc71",
	 "00163EA718FC1EEABDD5608C895BDC71"},
	{"other shape", "other shape"},
};

START_TEST(activity_uuid_becomes_canonical)
{
	struct cti_outbound out;
	char body[256];

	(void)snprintf(body, sizeof(body),
		       "{\"PhoneNumber\":\"1\",\"ActivityUUID\":\"%s\"}",
		       uuids[_i].came);
	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), NULL), 0);
	ck_assert_str_eq(out.activity_uuid, uuids[_i].canonical);
	cti_outbound_fini(&out);
}
END_TEST

START_TEST(numbers_for_texts_are_taken_as_their_digits)
{
	static const char body[] =
		"{\"PhoneNumber\":\"1\",\"BusinessPartnerID\":1545766}";
	struct cti_outbound out;

	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), NULL), 0);
	ck_assert_str_eq(out.bp, "1545766");
	cti_outbound_fini(&out);
}
END_TEST

static const struct {
	const char *body;
	enum cti_code code;
	const char *says;
} refused[] = {
	{"", CTI_ERR_BAD_JSON, ""},
	{"{", CTI_ERR_BAD_JSON, ""},
	{"[]", CTI_ERR_BAD_JSON, "The message is an array"},
	{"7", CTI_ERR_BAD_JSON, "The message is a number"},
	{"\"{\"", CTI_ERR_BAD_JSON, ""},
	{"{\"payload\":[]}", CTI_ERR_BAD_JSON, "\"payload\" is an array"},
	{"{\"payload\":null}", CTI_ERR_BAD_JSON, "\"payload\" is null"},
	{"\"\\\"\\\\\\\"{}\\\\\\\"\\\"\"", CTI_ERR_BAD_JSON, "a text"},
	{"{}", CTI_ERR_BAD_NUMBER, "missing"},
	{"{\"payload\":{}}", CTI_ERR_BAD_NUMBER, "missing"},
	{"{\"PhoneNumber\":\"\"}", CTI_ERR_BAD_NUMBER, "empty"},
	{"{\"PhoneNumber\":4930}", CTI_ERR_BAD_NUMBER, "a number"},
	{"{\"PhoneNumber\":null}", CTI_ERR_BAD_NUMBER, "null"},
	{"{\"PhoneNumber\":\"1\",\"PhoneNumber\":\"2\"}", CTI_ERR_BAD_JSON, ""},
};

START_TEST(wrong_bodies_are_refused_with_the_reason)
{
	const char *body = refused[_i].body;
	struct cti_outbound out = {.number = NULL};
	struct cti_err err = {.code = CTI_OK};

	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), &err),
			 -EINVAL);
	ck_assert_int_eq(err.code, refused[_i].code);
	ck_assert_msg(strstr(err.text, refused[_i].says), "%s", err.text);
	ck_assert_ptr_null(out.number);
}
END_TEST

START_TEST(body_over_the_ceiling_is_too_large)
{
	struct cti_outbound out;
	struct cti_err err = {.code = CTI_OK};
	char *body = calloc(1, CTI_JSON_WIRE_MAX + 2);

	ck_assert_ptr_nonnull(body);
	memset(body, ' ', CTI_JSON_WIRE_MAX + 1);
	ck_assert_int_eq(cti_outbound_parse(&out, body, strlen(body), &err),
			 -EMSGSIZE);
	ck_assert_int_eq(err.code, CTI_ERR_BODY_TOO_LARGE);
	free(body);
}
END_TEST

Suite *suite_outbound(void)
{
	Suite *suite = suite_create("sap outbound");
	TCase *tc = tcase_create("outbound");

	tcase_add_test(tc, kba_payload_is_read_flat);
	tcase_add_test(tc, kba_payload_is_read_under_payload);
	tcase_add_test(tc, kba_payload_is_read_as_a_json_string);
	tcase_add_test(tc, kba_payload_is_read_as_a_string_with_wrapper);
	tcase_add_test(tc, kba_payload_is_read_as_a_string_under_payload);
	tcase_add_test(tc, phone_number_alone_is_enough);
	tcase_add_test(tc, empty_texts_are_absent_and_unknown_keys_are_kept);
	tcase_add_loop_test(tc, activity_uuid_becomes_canonical, 0,
			    sizeof(uuids) / sizeof(uuids[0]));
	tcase_add_test(tc, numbers_for_texts_are_taken_as_their_digits);
	tcase_add_loop_test(tc, wrong_bodies_are_refused_with_the_reason, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tc, body_over_the_ceiling_is_too_large);
	suite_add_tcase(suite, tc);
	return suite;
}
