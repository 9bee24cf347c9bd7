/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_samples.c - what the lint says about messages seen in public */
#include <stdio.h>
#include <string.h>

#include "suites.h"

static const struct {
	const char *file;
	const char *findings;
} samples[] = {
	{"NEGATIVE_c4c_callended-eventtype_twilioflex.json",
	 "event.unknown:EventType"},
	{"NEGATIVE_sscv2_end-as-inbound-with-extras_agentbuddy.json",
	 "wrapper.foreign:source field.type:CallDuration "
	 "field.unknown:Timestamp field.unknown:CallDuration "
	 "field.unknown:interactionEndedOn end.event:EventType "
	 "ani.format:ANI"},
	{"NEGATIVE_sscv2_foreign-envelope_magidbaruch.json",
	 "wrapper.foreign:type wrapper.text:payload "
	 "id.missing:ExternalReferenceID"},
	{"agentdesktop-sscv2_inbound-accept-missing-plus_kba3705829.json",
	 "id.chars:ExternalReferenceID ani.plus:ANI"},
	{"c4c-la-agentdesktop_message-accept-whatsapp_kba3289117.json",
	 "channel.missing:ChannelId"},
	{"c4c-la-agentdesktop_message-notify-whatsapp_kba3289117.json", ""},
	{"c4c-la-or-agentdesktop_outbound-click2call_kba3481409.json",
	 "message.outbound:PhoneNumber"},
	{"c4c-liveactivity_chat-inbound-accept_amazonconnect.xml",
	 "field.legacy:CID"},
	{"c4c-liveactivity_chat-start_sap-sample.json",
	 "field.type:ExternalReferenceID event.missing:EventType"},
	{"c4c-liveactivity_chat-updateactivity-transcript_sap-sample.json",
	 "field.type:ExternalReferenceID"},
	{"c4c-liveactivity_inbound-ani-dnis_bcx.xml",
	 "type.missing:Type event.missing:EventType ani.plus:ANI"},
	{"c4c-liveactivity_inbound-ani-only_sap-sample.json",
	 "type.missing:Type event.missing:EventType "
	 "id.missing:ExternalReferenceID ani.plus:ANI"},
	{"c4c-liveactivity_inbound-ani-only_sap-sample.xml",
	 "type.missing:Type event.missing:EventType "
	 "id.missing:ExternalReferenceID ani.plus:ANI"},
	{"c4c-liveactivity_inbound-notify_l0ghan.json", ""},
	{"c4c-liveactivity_outbound-accept_twilioflex.json", ""},
	{"c4c-liveactivity_outbound-minimal_twilio-parent-html.json",
	 "message.outbound:PhoneNumber"},
	{"c4c-liveactivity_simulate-all-fields_sap-sample.json",
	 "field.empty:Transcript"},
	{"poc-all-products_inbound-accept-action-omitted_goveia.xml", ""},
	{"poc-all-products_inbound-notify_goveia.xml", ""},
	{"poc-all-products_outbound-notify_goveia.xml", ""},
	{"poc-all-products_updateactivity-end-recording_goveia.xml", ""},
};

static void read_sample(char *text, size_t size, const char *name)
{
	char path[512];
	size_t len;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/sap/%s", CTI_TEST_DATA, name);
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "%s", path);
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	(void)fclose(file); /* only read */
}

START_TEST(sample_has_its_findings)
{
	struct findings found;
	char text[4096];

	read_sample(text, sizeof(text), samples[_i].file);
	findings_of(&found, text);
	ck_assert_msg(!strcmp(found.text, samples[_i].findings),
		      "%s\nis: %s\nnot: %s", samples[_i].file, found.text,
		      samples[_i].findings);
}
END_TEST

START_TEST(outbound_samples_are_read_byte_for_byte)
{
	static const char *const files[] = {
		"c4c-la-or-agentdesktop_outbound-click2call_kba3481409.json",
		"c4c-liveactivity_outbound-minimal_twilio-parent-html.json",
	};
	struct cti_outbound out;
	char text[4096];

	read_sample(text, sizeof(text), files[_i]);
	ck_assert_int_eq(cti_outbound_parse(&out, text, strlen(text), NULL), 0);
	ck_assert_int_eq(strncmp(out.crm, text, strlen(out.crm)), 0);
	ck_assert_int_eq(out.crm[strlen(out.crm) - 1], '}');
	cti_outbound_fini(&out);
}
END_TEST

Suite *suite_samples(void)
{
	Suite *suite = suite_create("sap samples");
	TCase *tc = tcase_create("samples");

	tcase_add_loop_test(tc, sample_has_its_findings, 0,
			    sizeof(samples) / sizeof(samples[0]));
	tcase_add_loop_test(tc, outbound_samples_are_read_byte_for_byte, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
