/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_number.c - numbers in both directions, for two offices */
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/number.h"
#include "fuzz.h"

enum { OFFICES = 2, EXPLAIN_MAX = 256 * 1024 };

static const struct cti_conf_flag berlin[] = {
	{"number.region", "DE"},	   {"dial.outside_line", "0"},
	{"dial.own_country", "national"},  {"dial.feature_codes", "*21#,*8"},
	{"dial.countries", "DE,AT,CH,+1"},
};

static const struct cti_conf_flag boston[] = {
	{"number.region", "US"},
	{"dial.international_prefix", "011"},
	{"dial.extension_digits", "5"},
};

static struct cti_numbers *office_new(const struct cti_conf_flag *flags,
				      size_t nflags)
{
	struct cti_conf_source src = {.flags = flags, .nflags = nflags};
	struct cti_numbers *numbers = NULL;
	struct cti_conf *conf = NULL;
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	fuzz_must(cti_conf_load(&conf, &src, &errors) == 0);
	fuzz_must(cti_numbers_new(&numbers, conf) == 0);
	cti_conf_destroy(conf);
	cti_buf_fini(&errors);
	return numbers;
}

static bool all_of(const char *text, const char *chars)
{
	return strspn(text, chars) == strlen(text);
}

static bool e164(const char *text)
{
	size_t len = strlen(text);

	return text[0] == '+' && len >= 2 && len <= 16 &&
	       all_of(text + 1, "0123456789");
}

static void outbound_check(const struct cti_numbers *numbers, const char *text)
{
	struct cti_number out;
	struct cti_err err = {.code = CTI_OK};

	if (cti_number_outbound(numbers, &out, text, &err)) {
		fuzz_must(err.code == CTI_ERR_BAD_NUMBER ||
			  err.code == CTI_ERR_REGION_MISSING ||
			  err.code == CTI_ERR_NUMBER_BLOCKED);
		fuzz_must(err.text[0] != '\0');
		return;
	}
	fuzz_must(cti_number_dialable(out.dialed));
	if (out.kind == CTI_NUMBER_E164)
		fuzz_must(e164(out.e164));
	else
		fuzz_must(out.e164[0] && all_of(out.e164, "0123456789*#"));
}

static void inbound_check(const struct cti_numbers *numbers, const char *text)
{
	struct cti_number_caller caller;

	cti_number_inbound(numbers, &caller, text);
	fuzz_must(!caller.e164[0] || e164(caller.e164));
	fuzz_must(!caller.e164[0] || strcmp(caller.e164, caller.shown) == 0);
	fuzz_must(strlen(caller.shown) < sizeof(caller.shown));
	fuzz_must(!caller.extension || !caller.e164[0]);
}

static void explain_check(const struct cti_numbers *numbers, const char *text)
{
	struct cti_buf out;

	cti_buf_init(&out, EXPLAIN_MAX);
	fuzz_must(cti_number_explain(numbers, &out, text) == 0);
	fuzz_must_be_json(cti_buf_text(&out), out.len);
	cti_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cti_numbers *office[OFFICES];
	char *text = fuzz_text(data, size);

	if (!office[0]) {
		office[0] =
			office_new(berlin, sizeof(berlin) / sizeof(berlin[0]));
		office[1] =
			office_new(boston, sizeof(boston) / sizeof(boston[0]));
	}
	for (size_t i = 0; i < OFFICES; i++) {
		outbound_check(office[i], text);
		inbound_check(office[i], text);
		explain_check(office[i], text);
	}
	free(text);
	return 0;
}
