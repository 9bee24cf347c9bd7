/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/number.c - the rules for numbers, tried on three of them */
#include <stdio.h>
#include <string.h>

#include "cti/number.h"
#include "doctor/facts.h"

static void number_try(struct cti_sample_facts *out,
		       const struct cti_numbers *numbers, const char *text)
{
	struct cti_err err = {.code = CTI_OK};
	struct cti_number number;
	int rc = cti_number_outbound(numbers, &number, text, &err);

	(void)snprintf(out->text, sizeof(out->text), "%s", text); /* fits */
	out->ok = rc == 0;
	out->blocked = rc && err.code == CTI_ERR_NUMBER_BLOCKED;
	if (rc)
		(void)snprintf(out->outcome, sizeof(out->outcome),
			       "refused (%s)",
			       cti_problem_find(err.code)->slug); /* fits */
	else
		(void)snprintf(out->outcome, sizeof(out->outcome),
			       "dialed as %s", number.dialed); /* fits */
}

void cti_numbers_try(struct cti_number_facts *facts,
		     const struct cti_numbers *numbers, const char *region)
{
	bool america = !strcmp(region, "US") || !strcmp(region, "CA");
	char own[CTI_NUMBER_SIZE];

	facts->region = region;
	facts->sampled = true;
	cti_number_sample(numbers, own);
	number_try(&facts->own, numbers, own);
	number_try(&facts->abroad, numbers,
		   america ? "+49 30 901820" : "+1 650 305 4000");
	number_try(&facts->emergency, numbers, "112");
}
