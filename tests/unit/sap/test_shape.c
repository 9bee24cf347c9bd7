/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_shape.c - messages in odd forms, and what must not happen */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define FIELDS                                                                 \
	"\"Type\":\"CALL\",\"EventType\":\"INBOUND\","                         \
	"\"ANI\":\"+49306912345\",\"ExternalReferenceID\":\"A1\""
#define XML                                                                    \
	"<payload><Type>CALL</Type><EventType>INBOUND</EventType>"             \
	"<ANI>+49306912345</ANI>"                                              \
	"<ExternalReferenceID>A1</ExternalReferenceID></payload>"

static const struct {
	const char *text;
	const char *findings;
} cases[] = {
	/* Good ones, in every spelling SAP's samples have. */
	{"{\"payload\":{" FIELDS "}}", ""},
	{" \n{\"payload\":{" FIELDS "}}\n", ""},
	{"\xef\xbb\xbf{\"payload\":{" FIELDS "}}", ""},
	{XML, ""},
	{"<?xml version='1.0' encoding='utf-8' ?> " XML "\n", ""},
	{"\xef\xbb\xbf<?xml version=\"1.0\"?>" XML, ""},
	{"<payload><Type>CALL</Type> <EventType>INBOUND</EventType>\n"
	 "<ANI>+49306912345</ANI><ExternalReferenceID>A1"
	 "</ExternalReferenceID><Text>&#xe4; &lt;</Text></payload>",
	 ""},
	/* The wrapper. */
	{"{" FIELDS "}", "wrapper.missing:payload"},
	{"{}", "wrapper.missing:payload"},
	{"{\"type\":\"ping\"}", "wrapper.missing:payload"},
	{"{\"payload\":{" FIELDS "},\"a\":1,\"b\":2}", "wrapper.foreign:a"},
	{"{\"payload\":null}", "json.object:payload"},
	{"{\"payload\":\"\"}", "message.empty:- wrapper.text:payload"},
	{"{\"payload\":\"{}\"}",
	 "wrapper.text:payload type.missing:Type event.missing:EventType "
	 "id.missing:ExternalReferenceID ani.missing:ANI"},
	{"{\"payload\":\"" XML "\"}", "wrapper.text:payload"},
	{"\"" XML "\"", "json.string:-"},
	{"\"{}\"", "json.string:- wrapper.missing:payload"},
	{"\"\\\"\\\\\\\"x\\\\\\\"\\\"\"", "json.string:-"},
	{"42", "json.object:-"},
	{"hello", "json.syntax:-"},
	/* XML that is none or another. */
	{"<", "xml.escape:-"},
	{"<payload>", "xml.syntax:-"},
	{"<payload/><payload/>", "xml.syntax:-"},
	{" <?xml version='1.0'?>" XML, "xml.syntax:-"},
	{"<html><body/></html>", "xml.root:html"},
	{"<a>" XML "</a>", "xml.root:a"},
	{"<payload><Text>&x;</Text></payload>", "xml.escape:-"},
	{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml.doctype:-"},
	{"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml.doctype:-"},
	{"<payload/>", "type.missing:Type event.missing:EventType "
		       "id.missing:ExternalReferenceID ani.missing:ANI"},
	{"<payload><a:Type>CALL</a:Type><b><c><d/></c></b></payload>",
	 "field.nested:b field.empty:a:Type"},
};

START_TEST(form_has_its_findings)
{
	struct findings found;

	findings_of(&found, cases[_i].text);
	/* The last case is about depth, its names are of no interest. */
	if (strstr(cases[_i].text, "a:Type"))
		ck_assert_msg(findings_have(&found, "field.nested"), "%s",
			      found.text);
	else
		ck_assert_msg(!strcmp(found.text, cases[_i].findings),
			      "%s\nis: %s\nnot: %s", cases[_i].text, found.text,
			      cases[_i].findings);
}
END_TEST

START_TEST(entities_are_never_expanded)
{
	static const char bomb[] =
		"<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\">"
		"<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
		"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
		"<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]>"
		"<payload><ANI>&d;&d;&d;&d;</ANI></payload>";
	struct findings found;

	findings_of(&found, bomb);
	ck_assert_str_eq(found.text, "xml.doctype:-");
}
END_TEST

START_TEST(text_over_the_ceiling_is_not_read)
{
	size_t len = 65537;
	char *text = malloc(len + 1);
	struct findings found;

	ck_assert_ptr_nonnull(text);
	memset(text, '[', len);
	text[len] = '\0';
	findings_of(&found, text);
	ck_assert_str_eq(found.text, "message.size:-");
	memset(text, ' ', len);
	text[0] = '<';
	findings_of(&found, text);
	ck_assert_str_eq(found.text, "message.size:-");
	free(text);
}
END_TEST

static void many(char *text, size_t size, const char *before,
		 const char *format, const char *after)
{
	size_t at = 0;

	at += (size_t)snprintf(text, size, "%s", before);
	for (int i = 0; i < 70; i++) {
		for (const char *f = format; *f && at + 8 < size; f++) {
			if (*f == '#')
				at += (size_t)snprintf(text + at, size - at,
						       "%d", i);
			else
				text[at++] = *f;
		}
	}
	(void)snprintf(text + at, size - at, "%s", after);
}

START_TEST(more_than_64_fields_are_one_finding_and_no_harm)
{
	char text[4096];
	struct findings found;

	many(text, sizeof(text), "{\"payload\":{" FIELDS, ",\"k#\":\"\"", "}}");
	findings_of(&found, text);
	ck_assert(findings_have(&found, "message.fields"));
	many(text, sizeof(text), "<payload>", "<k#>v</k#>", "</payload>");
	findings_of(&found, text);
	ck_assert(findings_have(&found, "message.fields"));
}
END_TEST

START_TEST(deep_xml_is_nested_and_no_harm)
{
	char text[8192] = "<payload>";
	struct findings found;

	for (int i = 0; i < 1000; i++)
		(void)strncat(text, "<a>", sizeof(text) - strlen(text) - 1);
	for (int i = 0; i < 1000; i++)
		(void)strncat(text, "</a>", sizeof(text) - strlen(text) - 1);
	(void)strncat(text, "</payload>", sizeof(text) - strlen(text) - 1);
	findings_of(&found, text);
	ck_assert(findings_have(&found, "field.nested"));
}
END_TEST

START_TEST(own_payload_needs_no_wrapper)
{
	struct findings found;

	findings_of_payload(&found, "{" FIELDS "}");
	ck_assert_str_eq(found.text, "");
	findings_of_payload(&found, "{" FIELDS ",\"Foo\":\"1\"}");
	ck_assert_str_eq(found.text, "field.unknown:Foo");
	findings_of_payload(&found, "{\"Type\":");
	ck_assert_str_eq(found.text, "json.syntax:-");
}
END_TEST

START_TEST(errors_are_counted_without_a_listener)
{
	static const char text[] = "{}";
	size_t errors = 99;

	ck_assert_int_eq(cti_lint(&errors, text, 2, NULL, NULL), 0);
	ck_assert_uint_eq(errors, 1);
}
END_TEST

START_TEST(broken_utf8_in_any_form_is_a_finding)
{
	static const char *const texts[] = {
		"{\"payload\":{\"Text\":\"\xff\"}}",
		"<payload><Text>\xff</Text></payload>",
		"\xff\xfe<",
		"{\"payload\":\"\\u0000\"}",
	};
	struct findings found;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		findings_of(&found, texts[i]);
		ck_assert_uint_ge(found.errors, 1);
	}
}
END_TEST

Suite *suite_shape(void)
{
	Suite *suite = suite_create("sap lint shape");
	TCase *tc = tcase_create("shape");

	tcase_add_loop_test(tc, form_has_its_findings, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, entities_are_never_expanded);
	tcase_add_test(tc, text_over_the_ceiling_is_not_read);
	tcase_add_test(tc, more_than_64_fields_are_one_finding_and_no_harm);
	tcase_add_test(tc, deep_xml_is_nested_and_no_harm);
	tcase_add_test(tc, own_payload_needs_no_wrapper);
	tcase_add_test(tc, errors_are_counted_without_a_listener);
	tcase_add_test(tc, broken_utf8_in_any_form_is_a_finding);
	suite_add_tcase(suite, tc);
	return suite;
}
