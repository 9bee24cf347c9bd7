/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_event_id.c - Last-Event-ID, ?since= and the {id} of an event */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	int64_t id = -1;
	char again[32];

	if (api_number(&id, text)) {
		fuzz_must(id == -1);
	} else {
		(void)snprintf(again, sizeof(again), "%" PRId64, id); /* fits */
		fuzz_must(id >= 0);
		fuzz_must(strcmp(again, text + strlen(text) - strlen(again)) ==
			  0);
	}
	free(text);
	return 0;
}
