/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_outbound.c - the outbound payload of SAP's page */
#include <stdlib.h>
#include <string.h>

#include "cti/json.h"
#include "cti/sap.h"
#include "fuzz.h"

/* What is kept verbatim says the same when it is read again. */
static void outbound_again(const struct cti_outbound *out)
{
	struct cti_outbound again;

	fuzz_must_be_json(out->crm, strlen(out->crm));
	fuzz_must(cti_outbound_parse(&again, out->crm, strlen(out->crm),
				     NULL) == 0);
	fuzz_must(strcmp(again.number, out->number) == 0);
	fuzz_must(strcmp(again.crm, out->crm) == 0);
	fuzz_must(!again.activity_uuid == !out->activity_uuid);
	cti_outbound_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct cti_outbound out;
	struct cti_err err = {.code = CTI_OK};
	int rc = cti_outbound_parse(&out, text, size, &err);

	if (rc) {
		fuzz_must(err.code != CTI_OK && err.text[0]);
	} else {
		fuzz_must(out.number && out.number[0]);
		fuzz_must(!out.activity_uuid || out.activity_uuid[0]);
		fuzz_must(!out.user || out.user[0]);
		fuzz_must(!out.bp || out.bp[0]);
		outbound_again(&out);
		cti_outbound_fini(&out);
	}
	free(text);
	return 0;
}
