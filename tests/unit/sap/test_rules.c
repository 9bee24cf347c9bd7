/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_rules.c - every rule has a message that breaks it and one
 * that does not */
#include <stdio.h>
#include <string.h>

#include "sap/lint.h"
#include "suites.h"

/* The fields of a good message, for cases that differ in one. */
#define IN "\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
#define MOVED "\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
#define UPD "\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
#define MSG "\"Type\":\"MESSAGE\",\"EventType\":\"INBOUND\","
#define CHAT "\"Type\":\"CHAT\",\"EventType\":\"INBOUND\","
#define ANI "\"ANI\":\"+49306912345\","
#define ID "\"ExternalReferenceID\":\"ED4E4730D1C711EAAA5EBC019352B05E\""
#define ORIG "\"ExternalOriginalReferenceID\":"
#define UUID "\"ActivityUUID\":"
#define P(fields) "{\"payload\":{" fields "}}"
#define X(inner) "<?xml version=\"1.0\"?>" inner
#define XFIELDS                                                                \
	"<Type>CALL</Type><EventType>INBOUND</EventType>"                      \
	"<ANI>+49306912345</ANI>"                                              \
	"<ExternalReferenceID>ED4E4730</ExternalReferenceID>"
#define GOOD P(IN ANI ID)
#define XGOOD X("<payload>" XFIELDS "</payload>")

static const struct {
	const char *rule;
	const char *field; /* what the finding names; NULL = nothing */
	const char *bad;
	const char *good;
} cases[] = {
	{"message.empty", NULL, "", GOOD},
	{"message.empty", NULL, " \n\t", XGOOD},
	{"message.outbound", "PhoneNumber", "{\"PhoneNumber\":\"+4930\"}",
	 GOOD},
	{"json.syntax", NULL, "{\"payload\":{}", GOOD},
	{"json.syntax", NULL, "{'payload':{}}", GOOD},
	{"json.syntax", NULL, P("\"BP\":\"1\",\"BP\":\"2\""), GOOD},
	{"json.string", NULL, "\"{\\\"payload\\\":{}}\"", GOOD},
	{"json.object", NULL, "[1]", GOOD},
	{"json.object", NULL, "null", GOOD},
	{"json.object", "payload", "{\"payload\":[]}", GOOD},
	{"wrapper.missing", "payload", "{" IN ANI ID "}", GOOD},
	{"wrapper.foreign", "source",
	 "{\"payload\":{" IN ANI ID "},\"source\":\"x\"}", GOOD},
	{"wrapper.text", "payload", "{\"payload\":\"<payload/>\"}", GOOD},
	{"xml.syntax", NULL, X("<payload><ANI>1</payload>"), XGOOD},
	{"xml.syntax", NULL, X("<payload>"), XGOOD},
	{"xml.syntax", NULL, X("<payload><Text>\x01</Text></payload>"), XGOOD},
	{"xml.escape", NULL, X("<payload><Text>A & B</Text></payload>"),
	 X("<payload>" XFIELDS "<Text>A &amp; B &#65;</Text></payload>")},
	{"xml.escape", NULL, X("<payload><Text>1 < 2</Text></payload>"),
	 X("<payload>" XFIELDS "<Text>1 &lt; 2</Text></payload>")},
	{"xml.escape", NULL, X("<payload><Text>&nbsp;</Text></payload>"),
	 X("<payload>" XFIELDS "<Text><![CDATA[a & <b>]]></Text></payload>")},
	{"xml.doctype", NULL, X("<!DOCTYPE payload><payload/>"), XGOOD},
	{"xml.root", "event", X("<event>" XFIELDS "</event>"), XGOOD},
	{"xml.root", "Payload", X("<Payload>" XFIELDS "</Payload>"), XGOOD},
	{"xml.attribute", "ANI",
	 X("<payload>" XFIELDS "<ANI x='1'>1</ANI></payload>"), XGOOD},
	{"xml.attribute", "payload",
	 X("<payload xmlns='urn:x'>" XFIELDS "</payload>"), XGOOD},
	{"field.twice", "ANI", X("<payload>" XFIELDS "<ANI>+1</ANI></payload>"),
	 XGOOD},
	{"field.nested", "Custom_1", P(IN ANI ID ",\"Custom_1\":{}"), GOOD},
	{"field.nested", "Custom_1", P(IN ANI ID ",\"Custom_1\":[]"), GOOD},
	{"field.nested", "Text",
	 X("<payload>" XFIELDS "<Text>a<b>c</b></Text></payload>"), XGOOD},
	{"field.type", "BP", P(IN ANI ID ",\"BP\":1545766"),
	 P(IN ANI ID ",\"BP\":\"1545766\"")},
	{"field.type", "BP", P(IN ANI ID ",\"BP\":null"), GOOD},
	{"field.type", "BP", P(IN ANI ID ",\"BP\":true"), GOOD},
	{"field.empty", "BP", P(IN ANI ID ",\"BP\":\"\""), GOOD},
	{"field.empty", "BP", X("<payload>" XFIELDS "<BP> </BP></payload>"),
	 XGOOD},
	{"field.control", "Text", P(IN ANI ID ",\"Text\":\"a\\u0008\""),
	 P(IN ANI ID ",\"Text\":\"a\\n\\tb\"")},
	{"field.unknown", "Priority", P(IN ANI ID ",\"Priority\":\"1\""), GOOD},
	{"field.legacy", "CID", P(IN ANI ID ",\"CID\":\"BCM1234\""), GOOD},
	{"type.missing", "Type", P("\"EventType\":\"INBOUND\"," ANI ID), GOOD},
	{"type.unknown", "Type",
	 P("\"Type\":\"TIMER\",\"EventType\":\"INBOUND\"," ANI ID), GOOD},
	{"type.unknown", "Type",
	 P("\"Type\":\"call\",\"EventType\":\"INBOUND\"," ANI ID), GOOD},
	{"event.missing", "EventType", P("\"Type\":\"CALL\"," ANI ID), GOOD},
	{"event.unknown", "EventType",
	 P("\"Type\":\"CALL\",\"EventType\":\"CallEnded\"," ANI ID), GOOD},
	{"event.unknown", "EventType",
	 P("\"Type\":\"CALL\",\"EventType\":\"UpdateActivity\"," ANI ID),
	 P(UPD ID)},
	{"action.unknown", "Action", P(IN "\"Action\":\"DECLINE\"," ANI ID),
	 P(IN "\"Action\":\"ACCEPT\"," ANI ID)},
	{"action.update", "Action", P(UPD "\"Action\":\"ACCEPT\"," ID),
	 P(UPD "\"Action\":\"END\"," ID)},
	{"end.event", "EventType", P(IN "\"Action\":\"END\"," ANI ID),
	 P(UPD "\"Action\":\"END\"," ID)},
	{"end.event", "EventType",
	 P("\"Type\":\"CALL\",\"Action\":\"END\"," ID),
	 P(UPD "\"Action\":\"END\"," ID)},
	{"id.missing", "ExternalReferenceID", P(IN "\"ANI\":\"+4930691234\""),
	 GOOD},
	{"id.missing", "ExternalReferenceID",
	 P(MOVED "\"ANI\":\"+4930691234\"," ORIG "\"A\""),
	 P(MOVED ANI ID "," ORIG "\"A\"")},
	{"id.missing", "ExternalReferenceID", P(UPD "\"Action\":\"END\""),
	 P(UPD UUID "\"00163EA718FC1EEABDD5608C895BDC71\"")},
	{"id.missing", "ExternalReferenceID",
	 P(IN ANI "\"ExternalReferenceID\":\"\""),
	 P("\"Type\":\"CALL\",\"EventType\":\"OUTBOUND\"")},
	{"id.long", "ExternalReferenceID",
	 P(IN ANI "\"ExternalReferenceID\":"
		  "\"012345678901234567890123456789012345\""),
	 P(IN ANI "\"ExternalReferenceID\":"
		  "\"01234567890123456789012345678901234\"")},
	{"id.chars", "ExternalReferenceID",
	 P(IN ANI "\"ExternalReferenceID\":\"ABC_1\""),
	 P(IN ANI "\"ExternalReferenceID\":\"aBC1\"")},
	{"original.missing", "ExternalOriginalReferenceID", P(MOVED ANI ID),
	 P(MOVED ANI ID "," ORIG "\"A1\"")},
	{"original.same", "ExternalOriginalReferenceID",
	 P(MOVED ANI ID "," ORIG "\"ED4E4730D1C711EAAA5EBC019352B05E\""),
	 P(IN ANI ID "," ORIG "\"ED4E4730D1C711EAAA5EBC019352B05E\"")},
	{"original.long", "ExternalOriginalReferenceID",
	 P(IN ANI ID "," ORIG "\"012345678901234567890123456789012345\""),
	 P(IN ANI ID "," ORIG "\"01234567890123456789012345678901234\"")},
	{"original.chars", "ExternalOriginalReferenceID",
	 P(IN ANI ID "," ORIG "\"a-b\""), P(IN ANI ID "," ORIG "\"ab\"")},
	{"uuid.dashes", "ActivityUUID",
	 P(UPD UUID "\"00163ea7-18fc-1eea-bdd5-608c895bdc71\""),
	 P(UPD UUID "\"00163ea718fc1eeabdd5608c895bdc71\"")},
	{"uuid.shape", "ActivityUUID", P(UPD UUID "\"1545766\""),
	 P(UPD UUID "\"00163ea7-18fc-1eea-bdd5-608c895bdc71\"")},
	{"uuid.shape", "ActivityUUID",
	 P(UPD UUID "\"0016-ea7-18fc-1eea-bdd5-608c895bdc71\""), GOOD},
	{"ani.missing", "ANI", P(IN ID), P(UPD ID)},
	{"ani.missing", "ANI", P(MSG "\"ChannelId\":\"W\"," ID),
	 P(CHAT "\"Email\":\"a@example.com\"," ID)},
	{"ani.plus", "ANI", P(IN "\"ANI\":\"441632960123\"," ID), GOOD},
	{"ani.chars", "ANI", P(IN "\"ANI\":\"sip:a@b\"," ID), GOOD},
	{"ani.chars", "ANI", P(IN "\"ANI\":\"+4930;ext=5\"," ID), GOOD},
	{"ani.format", "ANI", P(IN "\"ANI\":\"+31 651616126\"," ID),
	 P(IN "\"ANI\":\"+31651616126\"," ID)},
	{"ani.length", "ANI", P(IN "\"ANI\":\"+123456\"," ID),
	 P(IN "\"ANI\":\"+1234567\"," ID)},
	{"ani.length", "ANI", P(IN "\"ANI\":\"+1234567890123456\"," ID),
	 P(IN "\"ANI\":\"+123456789012345\"," ID)},
	{"custom.late", "Custom_1", P(UPD ID ",\"Custom_1\":\"a\""),
	 P(IN ANI ID ",\"Custom_1\":\"a\"")},
	{"transcript.chat", "Transcript", P(UPD ID ",\"Transcript\":\"a: b\""),
	 P("\"Type\":\"CHAT\",\"EventType\":\"UPDATEACTIVITY\"," ID
	   ",\"Transcript\":\"a: b\"")},
	{"channel.missing", "ChannelId", P(MSG ANI ID),
	 P(MSG ANI ID ",\"ChannelId\":\"Sinch_WhatsApp\"")},
	{"channel.misplaced", "ChannelId",
	 P(IN ANI ID ",\"ChannelId\":\"Sinch_WhatsApp\""), GOOD},
	{"email.missing", "Email", P(CHAT ID),
	 P(CHAT ID ",\"Email\":\"a@example.com\"")},
};
enum { NCASES = sizeof(cases) / sizeof(cases[0]) };

START_TEST(rule_finds_the_message_that_breaks_it)
{
	struct findings found;
	char want[128];

	findings_of(&found, cases[_i].bad);
	(void)snprintf(want, sizeof(want), "%s:%s", cases[_i].rule,
		       cases[_i].field ? cases[_i].field : "-");
	ck_assert_msg(strstr(found.text, want), "%s: found %s", want,
		      found.text);
}
END_TEST

START_TEST(rule_is_silent_about_a_message_that_keeps_it)
{
	struct findings found;

	findings_of(&found, cases[_i].good);
	ck_assert_msg(!findings_have(&found, cases[_i].rule), "%s: found %s",
		      cases[_i].rule, found.text);
	ck_assert_msg(found.errors == 0 || strstr(cases[_i].good, "608c"),
		      "%s: %s", cases[_i].rule, found.text);
}
END_TEST

/* Both need more bytes than a line of the table. */
static const char *const made_elsewhere[] = {"message.size", "message.fields"};

static bool tested(const char *rule)
{
	for (size_t i = 0; i < NCASES; i++) {
		if (!strcmp(cases[i].rule, rule))
			return true;
	}
	for (size_t i = 0; i < 2; i++) {
		if (!strcmp(made_elsewhere[i], rule))
			return true;
	}
	return false;
}

START_TEST(every_rule_of_the_table_has_a_case)
{
	for (size_t i = 0; i < cti_lint_nrules; i++) {
		const struct lint_rule *rule = &cti_lint_rules[i];

		/* One message cannot break these. */
		if (!rule->check && rule->flaw == LINT_NO_FLAW)
			ck_assert_str_eq(rule->id, "id.reused");
		else
			ck_assert_msg(tested(rule->id), "%s", rule->id);
	}
}
END_TEST

START_TEST(every_rule_has_its_own_id_and_a_sentence)
{
	for (size_t i = 0; i < cti_lint_nrules; i++) {
		const char *sentence = cti_lint_rules[i].sentence;

		ck_assert_uint_gt(strlen(sentence), 20);
		ck_assert_uint_lt(strlen(sentence), 180);
		ck_assert_int_eq(sentence[strlen(sentence) - 1], '.');
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(cti_lint_rules[i].id,
					 cti_lint_rules[j].id);
	}
}
END_TEST

static const struct {
	const char *name;
	const char *meant; /* NULL = no idea */
} guesses[] = {
	{"CustomField1", "Custom_1"},
	{"Custom1", "Custom_1"},
	{"custom_field_4", "Custom_4"},
	{"SerialNo", "Serial"},
	{"RecordingID", "RecordingId"},
	{"ExternalReferenceId", "ExternalReferenceID"},
	{"External_Reference_ID", "ExternalReferenceID"},
	{"ExternalRefrenceID", "ExternalReferenceID"},
	{"ticketid", "TicketID"},
	{"PhoneNumber", "ANI"},
	{"BusinessPartnerID", "BP"},
	{"Timestamp", NULL},
	{"CallDuration", NULL},
	{"Reason", NULL},
	{"Priority", NULL},
	{"x", NULL},
	{"", NULL},
	{"field", NULL},
	{"ANameThatIsLongerThanAnyFieldOfSapCouldEverBe", NULL},
};

START_TEST(unknown_field_is_guessed)
{
	const char *meant = cti_lint_guess(guesses[_i].name);

	if (guesses[_i].meant)
		ck_assert_pstr_eq(meant, guesses[_i].meant);
	else
		ck_assert_ptr_null(meant);
}
END_TEST

START_TEST(finding_says_what_was_meant)
{
	struct findings found;

	findings_of(&found, P(IN ANI ID ",\"CustomField1\":\"a\""));
	ck_assert_str_eq(found.text, "field.unknown:CustomField1");
	ck_assert_msg(strstr(found.sentence, "Did you mean Custom_1?"), "%s",
		      found.sentence);
	findings_of(&found,
		    P("\"Type\":\"CALL\",\"EventType\":\"Inbound\"," ID));
	ck_assert_msg(strstr(found.sentence, "Did you mean INBOUND?"), "%s",
		      found.sentence);
	findings_of(&found, P(IN "\"ANI\":\"004930691234\"," ID));
	ck_assert_msg(strstr(found.sentence, "00 has to become +"), "%s",
		      found.sentence);
}
END_TEST

START_TEST(finding_is_written_as_an_object)
{
	static const struct cti_finding finding = {
		.rule = "id.long",
		.severity = CTI_LINT_WARNING,
		.sentence = "Too long.",
		.kba = "3481409",
	};
	struct cti_jsonw w;
	struct cti_buf out;

	cti_buf_init(&out, 1024);
	ck_assert_int_eq(cti_jsonw_init(&w, &out), 0);
	cti_finding_write(&w, &finding);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_str_eq(cti_buf_text(&out),
			 "{\"rule\":\"id.long\",\"severity\":\"warning\","
			 "\"field\":null,\"sentence\":\"Too long.\","
			 "\"kba\":\"3481409\"}");
	cti_buf_fini(&out);
}
END_TEST

Suite *suite_rules(void)
{
	Suite *suite = suite_create("sap lint rules");
	TCase *tc = tcase_create("rules");

	tcase_add_loop_test(tc, rule_finds_the_message_that_breaks_it, 0,
			    NCASES);
	tcase_add_loop_test(tc, rule_is_silent_about_a_message_that_keeps_it, 0,
			    NCASES);
	tcase_add_test(tc, every_rule_of_the_table_has_a_case);
	tcase_add_test(tc, every_rule_has_its_own_id_and_a_sentence);
	tcase_add_loop_test(tc, unknown_field_is_guessed, 0,
			    sizeof(guesses) / sizeof(guesses[0]));
	tcase_add_test(tc, finding_says_what_was_meant);
	tcase_add_test(tc, finding_is_written_as_an_object);
	suite_add_tcase(suite, tc);
	return suite;
}
