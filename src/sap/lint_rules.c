/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_rules.c - the table of what SAP takes and what it does not */
#include "sap/lint_checks.h"

const struct lint_rule cti_lint_rules[] = {
	/* The form: what the readers saw. */
	{"message.size", CTI_LINT_ERROR, NULL,
	 "The message is larger than 64 KiB and was not read; no phone event "
	 "needs that much.",
	 NULL, NULL, LINT_TOO_LARGE},
	{"message.empty", CTI_LINT_ERROR, NULL,
	 "There is no message: the text is empty.", NULL, NULL, LINT_EMPTY},
	{"message.fields", CTI_LINT_ERROR, NULL,
	 "The message has more than 64 fields; SAP documents about twenty, the "
	 "rest was not checked.",
	 NULL, NULL, LINT_TOO_MANY},
	{"message.outbound", CTI_LINT_ERROR, NULL,
	 "This is the message SAP sends to the widget when an agent clicks a "
	 "number; it is not one that SAP takes.",
	 "3481409", NULL, LINT_FROM_SAP},
	{"json.syntax", CTI_LINT_ERROR, NULL,
	 "This is not valid JSON, so SAP gets nothing; the program that builds "
	 "the message is at fault.",
	 NULL, NULL, LINT_JSON_SYNTAX},
	{"json.string", CTI_LINT_ERROR, NULL,
	 "The message is JSON inside a text; SAP takes the object itself, so "
	 "the sending page must post it without turning it into a text.",
	 NULL, NULL, LINT_JSON_STRING},
	{"json.object", CTI_LINT_ERROR, NULL,
	 "SAP takes an object with named fields here and nothing else; the "
	 "program that builds the message is at fault.",
	 NULL, NULL, LINT_NO_OBJECT},
	{"wrapper.missing", CTI_LINT_ERROR, "payload",
	 "The fields are not inside `payload`, and SAP silently ignores such a "
	 "message; the sending page must post {\"payload\": {...}}.",
	 NULL, NULL, LINT_NO_WRAPPER},
	{"wrapper.foreign", CTI_LINT_ERROR, NULL,
	 "There are keys beside `payload`; SAP knows no other envelope than "
	 "`payload` alone and silently ignores what it does not know.",
	 NULL, NULL, LINT_FOREIGN},
	{"wrapper.text", CTI_LINT_ERROR, NULL,
	 "`payload` is a text; SAP takes either an object under `payload` or "
	 "the XML text itself, never one inside the other.",
	 NULL, NULL, LINT_PAYLOAD_TEXT},
	{"xml.syntax", CTI_LINT_ERROR, NULL,
	 "The XML is not well-formed, so SAP ignores the whole message; the "
	 "program that builds it is at fault.",
	 NULL, NULL, LINT_XML_SYNTAX},
	{"xml.escape", CTI_LINT_ERROR, NULL,
	 "A value holds & or < as it is, so the XML cannot be read and SAP "
	 "ignores the message; the sender must write &amp; and &lt;.",
	 NULL, NULL, LINT_XML_ESCAPE},
	{"xml.doctype", CTI_LINT_ERROR, NULL,
	 "The XML has a DOCTYPE; no message to SAP has one, and the rest was "
	 "not read because entities can be used for attacks.",
	 NULL, NULL, LINT_XML_DOCTYPE},
	{"xml.root", CTI_LINT_ERROR, NULL,
	 "The outermost XML element is not <payload>, and SAP ignores any "
	 "other; the sender must change it.",
	 NULL, NULL, LINT_XML_ROOT},
	{"xml.attribute", CTI_LINT_WARNING, NULL,
	 "An XML element has attributes or a namespace; SAP's messages have "
	 "elements and texts only, so what stands there is lost.",
	 NULL, NULL, LINT_XML_ATTRIBUTE},
	{"field.twice", CTI_LINT_ERROR, NULL,
	 "The field is there twice, and nobody can say which of both SAP "
	 "takes; the sender must decide.",
	 NULL, NULL, LINT_TWICE},

	/* Every field. */
	{"field.nested", CTI_LINT_ERROR, "*",
	 "The field holds further fields or a list; SAP's messages are flat, "
	 "one text for each field.",
	 NULL, cti_check_nested, LINT_NO_FLAW},
	{"field.type", CTI_LINT_WARNING, "*",
	 "The value is no text; SAP documents texts only, so the sender should "
	 "put it in quotes or leave the field out.",
	 NULL, cti_check_type, LINT_NO_FLAW},
	{"field.empty", CTI_LINT_NOTE, "*",
	 "The field is empty; leave it out, as SAP's own widget does.", NULL,
	 cti_check_empty, LINT_NO_FLAW},
	{"field.control", CTI_LINT_WARNING, "*",
	 "The value has control characters that XML cannot carry; the sender "
	 "should drop them.",
	 NULL, cti_check_control, LINT_NO_FLAW},
	{"field.unknown", CTI_LINT_WARNING, "*",
	 "SAP documents no field of this name, so its value goes nowhere; the "
	 "sender should rename or drop it.",
	 NULL, cti_check_unknown, LINT_NO_FLAW},
	{"field.legacy", CTI_LINT_NOTE, "CID",
	 "CID belongs to the old desktop adapter; the widget does not need it.",
	 NULL, cti_check_present, LINT_NO_FLAW},

	/* What happened. */
	{"type.missing", CTI_LINT_NOTE, "Type",
	 "There is no Type; SAP then assumes CALL. Send it always.", NULL,
	 cti_check_missing, LINT_NO_FLAW},
	{"type.unknown", CTI_LINT_ERROR, "Type",
	 "SAP knows the types CALL, CHAT and MESSAGE only, in capitals; the "
	 "sender must use one of them.",
	 NULL, cti_check_channel_unknown, LINT_NO_FLAW},
	{"event.missing", CTI_LINT_WARNING, "EventType",
	 "There is no EventType; only SAP's oldest sample goes without. Send "
	 "INBOUND for a call that comes in.",
	 NULL, cti_check_missing, LINT_NO_FLAW},
	{"event.unknown", CTI_LINT_ERROR, "EventType",
	 "SAP knows INBOUND, OUTBOUND, TRANSFER and UPDATEACTIVITY only, in "
	 "capitals; the end of a call is UPDATEACTIVITY with Action END.",
	 NULL, cti_check_event_unknown, LINT_NO_FLAW},
	{"action.unknown", CTI_LINT_ERROR, "Action",
	 "SAP knows the actions NOTIFY, ACCEPT and END only, in capitals; a "
	 "rejected or missed call is UPDATEACTIVITY with END.",
	 NULL, cti_check_action_unknown, LINT_NO_FLAW},
	{"action.update", CTI_LINT_WARNING, "Action",
	 "UPDATEACTIVITY goes with Action END or with none; NOTIFY and ACCEPT "
	 "belong to INBOUND, TRANSFER or OUTBOUND.",
	 NULL, cti_check_action_update, LINT_NO_FLAW},
	{"end.event", CTI_LINT_ERROR, "EventType",
	 "Action END works with EventType UPDATEACTIVITY only; sent like this "
	 "the call keeps running in SAP, and the sender is at fault.",
	 NULL, cti_check_end_event, LINT_NO_FLAW},

	/* The ids. */
	{"id.missing", CTI_LINT_ERROR, "ExternalReferenceID",
	 "There is no ExternalReferenceID, so SAP makes an activity without "
	 "External ID or finds none to update; the telephony side must send "
	 "one.",
	 "3481409", cti_check_id_missing, LINT_NO_FLAW},
	{"id.long", CTI_LINT_ERROR, "ExternalReferenceID",
	 "The id has more than 35 characters and SAP drops it; the sender must "
	 "shorten it, for a UUID by leaving out the dashes.",
	 "3481409", cti_check_id_long, LINT_NO_FLAW},
	{"id.chars", CTI_LINT_ERROR, "ExternalReferenceID",
	 "SAP takes letters and digits in an id, no dash, underscore, blank or "
	 "anything else; the sender must leave them out.",
	 "3481409", cti_check_id_chars, LINT_NO_FLAW},
	{"id.reused", CTI_LINT_ERROR, "ExternalReferenceID",
	 "Each call needs an id of its own; with that of an earlier call SAP "
	 "changes the wrong activity. One message cannot show it.",
	 "3481409", NULL, LINT_NO_FLAW},
	{"original.missing", CTI_LINT_ERROR, "ExternalOriginalReferenceID",
	 "A TRANSFER needs the id of the first agent's call, else SAP cannot "
	 "relate the two; where it is not known, send INBOUND.",
	 "3481409", cti_check_original_missing, LINT_NO_FLAW},
	{"original.same", CTI_LINT_WARNING, "ExternalOriginalReferenceID",
	 "In a TRANSFER both ids are equal, so it relates the call to itself; "
	 "the sender must send the id of the first agent's call.",
	 "3481409", cti_check_original_same, LINT_NO_FLAW},
	{"original.long", CTI_LINT_ERROR, "ExternalOriginalReferenceID",
	 "The original id has more than 35 characters and SAP drops it; the "
	 "sender must shorten it just like the id of the first call.",
	 "3481409", cti_check_id_long, LINT_NO_FLAW},
	{"original.chars", CTI_LINT_ERROR, "ExternalOriginalReferenceID",
	 "SAP takes letters and digits in the original id, nothing else; the "
	 "sender must leave the other characters out.",
	 "3481409", cti_check_id_chars, LINT_NO_FLAW},
	{"uuid.dashes", CTI_LINT_WARNING, "ActivityUUID",
	 "SAP writes its ActivityUUID without dashes and may not recognize it "
	 "like this; send it back as it came.",
	 NULL, cti_check_uuid_dashes, LINT_NO_FLAW},
	{"uuid.shape", CTI_LINT_ERROR, "ActivityUUID",
	 "An ActivityUUID has 32 hexadecimal digits and comes from SAP; this "
	 "is none, so SAP finds no activity for it.",
	 NULL, cti_check_uuid_shape, LINT_NO_FLAW},

	/* The number. */
	{"ani.missing", CTI_LINT_NOTE, "ANI",
	 "There is no ANI; SAP cannot look the customer up and may show no "
	 "interaction. Right for a withheld number, else the sender's fault.",
	 "3466950", cti_check_ani_missing, LINT_NO_FLAW},
	{"ani.plus", CTI_LINT_ERROR, "ANI",
	 "The number does not begin with + and the country code, so SAP shows "
	 "an unknown customer; the telephony side must send it so.",
	 "3705829", cti_check_ani_plus, LINT_NO_FLAW},
	{"ani.chars", CTI_LINT_ERROR, "ANI",
	 "This is no phone number: after the + only digits may stand; the "
	 "telephony side sends a name, a SIP address or an extension mark.",
	 "3466950", cti_check_ani_chars, LINT_NO_FLAW},
	{"ani.format", CTI_LINT_WARNING, "ANI",
	 "The number has blanks or punctuation, and SAP may not find the "
	 "customer; the sender should leave only + and digits.",
	 "3705829", cti_check_ani_format, LINT_NO_FLAW},
	{"ani.length", CTI_LINT_WARNING, "ANI",
	 "International numbers have 7 to 15 digits; SAP will find nobody for "
	 "this one, check what the telephony side sends.",
	 "3466950", cti_check_ani_length, LINT_NO_FLAW},

	/* What goes with which channel and when. */
	{"custom.late", CTI_LINT_NOTE, "*",
	 "SAP takes custom fields when the call is accepted and ignores later "
	 "changes; to have them on the activity send them with ACCEPT.",
	 "2803384", cti_check_custom_late, LINT_NO_FLAW},
	{"transcript.chat", CTI_LINT_WARNING, "Transcript",
	 "A transcript belongs to a CHAT; on a call or message SAP may drop "
	 "it. Use Text for notes.",
	 NULL, cti_check_transcript, LINT_NO_FLAW},
	{"channel.missing", CTI_LINT_WARNING, "ChannelId",
	 "A MESSAGE has no ChannelId; WhatsApp and other messengers need the "
	 "one that is configured in SAP.",
	 "3289117", cti_check_channel_missing, LINT_NO_FLAW},
	{"channel.misplaced", CTI_LINT_NOTE, "ChannelId",
	 "ChannelId has a meaning for a MESSAGE only; leave it out.", "3289117",
	 cti_check_channel_misplaced, LINT_NO_FLAW},
	{"email.missing", CTI_LINT_NOTE, "Email",
	 "A CHAT without Email: SAP looks customers of a chat up by it alone.",
	 "3466950", cti_check_email_missing, LINT_NO_FLAW},
};

const size_t cti_lint_nrules =
	sizeof(cti_lint_rules) / sizeof(cti_lint_rules[0]);

const char *cti_lint_rule_name(size_t index)
{
	return index < cti_lint_nrules ? cti_lint_rules[index].id : NULL;
}
