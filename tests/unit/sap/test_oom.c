/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_oom.c - memory runs out at every point */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "suites.h"

enum { OOM_MOST = 500 }; /* more allocations than any of these makes */

static int try_outbound(void)
{
	static const char body[] = "\"{\\\"PhoneNumber\\\":\\\"1\\\","
				   "\\\"ActivityUUID\\\":\\\"a\\\","
				   "\\\"LoggedInUserID\\\":\\\"b\\\"}\"";
	struct cti_outbound out;
	int err = cti_outbound_parse(&out, body, strlen(body), NULL);

	if (!err)
		cti_outbound_fini(&out);
	return err;
}

static int try_payload(void)
{
	static char number[] = "+49306912345";
	const struct cti_sap_conf conf = {.accept_omit = false};
	struct cti_call call = {.id = "A1", .original_id = "A1"};
	struct cti_buf out;
	int err;

	call.fact[CTI_FACT_NUMBER] = number;
	cti_buf_init(&out, 1024);
	err = cti_sap_payload(&out, &conf, &call, CTI_SAP_NOTIFY, 0);
	cti_buf_fini(&out);
	return err;
}

static int try_lint(const char *text)
{
	size_t errors = 0;

	return cti_lint(&errors, text, strlen(text), NULL, NULL);
}

static int try_json(void)
{
	return try_lint("{\"payload\":{\"ANI\":\"+4930\",\"BP\":\"1\"}}");
}

static int try_xml(void)
{
	return try_lint("<payload><ANI>+4930</ANI><BP>1</BP></payload>");
}

static int (*const tries[])(void) = {try_outbound, try_payload, try_json,
				     try_xml};

START_TEST(no_memory_is_an_error_without_a_leak)
{
	unsigned int n;
	int err = -ENOMEM;

	for (n = 1; n < OOM_MOST && err == -ENOMEM; n++) {
		fault_at(FAULT_MEMORY, n);
		err = tries[_i]();
	}
	fault_at(FAULT_MEMORY, 0);
	ck_assert_uint_gt(n, 2);
	ck_assert_int_eq(err, 0);
}
END_TEST

Suite *suite_oom(void)
{
	Suite *suite = suite_create("sap out of memory");
	TCase *tc = tcase_create("oom");

	tcase_add_loop_test(tc, no_memory_is_an_error_without_a_leak, 0,
			    sizeof(tries) / sizeof(tries[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
